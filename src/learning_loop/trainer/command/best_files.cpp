#include "learning_loop/trainer/command/best_files.h"

#include "learning_loop/trainer/command/box_classes.h"
#include "learning_loop/trainer/command/confusion.h"
#include "learning_loop/trainer/command/hyperparameter_rule.h"
#include "learning_loop/trainer/command/impl/file_inside.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

using namespace std::chrono_literals;

constexpr auto time_left_alone = 2s;

/// When a file was changed, and its length: another state has others.
struct Print {
    std::chrono::nanoseconds changed{}; ///< Since 1970.
    std::string text;
};

std::optional<Print> print_of(fs::path const& file)
{
    struct stat found = {};
    if (::stat(file.c_str(), &found) != 0) return std::nullopt;
    auto const changed = std::chrono::seconds(found.st_mtim.tv_sec) + std::chrono::nanoseconds(found.st_mtim.tv_nsec);
    return Print{changed, std::to_string(changed.count()) + ":" + std::to_string(found.st_size) + " "};
}

/// What stands on the disk of a state.
struct StateOnDisk {
    Print print; ///< Of all of it; `changed` is that of the newest file.
    std::map<std::string, std::vector<fs::path>> files;
    bool is_measured = false; ///< The detections have come, after the files.
};

/// Of the files of a format together; nullopt: not all of them are there.
std::optional<Print> print_of_files(fs::path const& folder, std::vector<std::string> const& files)
{
    Print all;
    for (auto const& file : files) {
        auto const print = print_of(folder / file);
        if (!print) return std::nullopt;
        all.changed = std::max(all.changed, print->changed);
        all.text += print->text;
    }
    return all;
}

/// nullopt: the files of the trainer's own format are not there yet.
std::optional<StateOnDisk> look_at(fs::path const& folder, BestSection const& section, std::string const& own_format)
{
    auto const own = print_of_files(folder, section.files.at(own_format));
    if (!own) return std::nullopt;
    StateOnDisk state;
    for (auto const& [format, files] : section.files) {
        auto const print = print_of_files(folder, files);
        if (!print || print->changed < own->changed) continue; // not made yet, or of an earlier state
        state.print.changed = std::max(state.print.changed, print->changed);
        state.print.text += format + " " + print->text;
        state.files[format].assign(files.begin(), files.end());
    }
    auto const detections = section.detections ? print_of(folder / *section.detections) : std::nullopt;
    state.is_measured = detections && detections->changed >= own->changed;
    if (state.is_measured) state.print.text += "detections " + detections->text;
    return state;
}

/// A program that runs may still be writing it in place. The clock of a file server may be ahead; what is far in the
/// future was changed before the clock was set back.
bool was_left_alone(StateOnDisk const& state)
{
    auto const age = std::chrono::system_clock::now().time_since_epoch() - state.print.changed;
    return age >= time_left_alone || age <= -10min;
}

/// Nothing was counted yet: a line of zeros for each category tells that it is one of the model's.
std::map<std::string, CategoryCounts> nothing_counted(Training const& training)
{
    std::map<std::string, CategoryCounts> matrix;
    BoxClasses const classes(training.categories);
    for (auto const& category : classes.categories()) matrix[category.id] = {};
    return matrix;
}

Result<void> measure(Training const& training, BestSection const& section, BestState& state)
{
    auto const place = find_inside(training.folder, *section.detections);
    if (!place) return place.error();
    auto quality = measure_quality(training, *place, section.conf_threshold);
    if (!quality) return quality.error();
    state.confusion_matrix = std::move(quality->confusion_matrix);
    if (quality->conf_threshold) state.description["conf_threshold"] = *quality->conf_threshold;
    return {};
}

} // namespace

Result<std::optional<BestState>> find_best_files(Training const& training, BestSection const& section,
                                                 std::string const& own_format, std::optional<BestState> const& last,
                                                 std::optional<double> epoch)
{
    auto on_disk = look_at(training.folder, section, own_format);
    if (!on_disk || (last && last->mark == on_disk->print.text)) return std::nullopt;
    if (training.is_running && !was_left_alone(*on_disk)) return std::nullopt;
    BestState state;
    state.mark = on_disk->print.text;
    state.files = std::move(on_disk->files);
    if (epoch) state.epoch = static_cast<int>(std::clamp(*epoch, 0.0, 1e9));
    for (auto const& [format, files] : state.files) {
        for (auto const& file : files) {
            auto const found = find_model_file(training.folder, file);
            if (!found) return found.error();
        }
    }
    state.confusion_matrix = nothing_counted(training);
    if (section.conf_threshold) state.description["conf_threshold"] = *section.conf_threshold;
    if (!on_disk->is_measured) return state;
    if (auto const measured = measure(training, section, state); !measured) return measured.error();
    return state;
}

} // namespace learning_loop
