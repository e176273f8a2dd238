#include "learning_loop/trainer/training/training_folders.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/json/json.h"

#include <algorithm>
#include <set>
#include <vector>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t max_kept_models = 20;

std::vector<fs::path> list_folder(fs::path const& folder)
{
    if (!fs::is_directory(folder)) return {};
    return {fs::directory_iterator(folder), fs::directory_iterator()};
}

Error wrong_file(fs::path const& file, std::string const& what)
{
    return {Errc::invalid_argument, "the file '" + printable(file.string()) + "' of the best state " + what};
}

/// Copies the files of one format.
Result<std::vector<std::string>> keep_files(fs::path const& from, std::vector<fs::path> const& files,
                                            fs::path const& to)
{
    make_folder_durably(to);
    std::set<std::string> names;
    for (auto const& file : files) {
        auto const source = from / file;
        if (!fs::is_regular_file(source)) return wrong_file(file, "is none");
        if (!names.insert(source.filename().string()).second) return wrong_file(file, "has the name of another one");
        fs::copy_file(source, to / source.filename());
        sync_file(to / source.filename());
    }
    if (names.empty()) return Error{Errc::invalid_argument, "the best state has a format without files"};
    sync_folder(to);
    return std::vector<std::string>(names.begin(), names.end());
}

void remove_oldest_kept(fs::path const& kept_models)
{
    auto all = list_folder(kept_models); // their names begin with the time
    std::ranges::sort(all);
    while (all.size() > max_kept_models) {
        fs::remove_all(all.front());
        all.erase(all.begin());
    }
}

/// A training whose record was lost has never ended: its weights may be the only ones.
void rescue_best_files(fs::path const& training, fs::path const& kept_models)
{
    auto const left = list_folder(training / ".best");
    if (left.empty()) return;
    make_folder_durably(kept_models);
    rename_durably(training / ".best", kept_models / (time_for_a_name(timestamp_now()) + "_of_a_lost_training"));
    remove_oldest_kept(kept_models);
}

} // namespace

TrainingFolders::TrainingFolders(fs::path const& data_folder, TrainingRecord const& record)
{
    auto const project = data_folder / record.context.organization / record.context.project;
    images = project / "images";
    trainings = project / "trainings";
    training = trainings / record.id;
    dataset = training / "dataset.jsonl";
    base_model = training / "base_model";
    best = training / ".best"; // the program that trains may have files of any other name
    log = training / "last_training.log";
    older_log = training / "last_training.1.log";
    detections = training / "detections.jsonl";
    model_to_detect_with = training / "model_to_detect_with";
    image_list = training / "images_to_look_at.txt";
    kept_models = data_folder / "kept_models";
}

Training training_of(TrainingFolders const& folders, TrainingRecord const& record)
{
    Training training;
    training.id = record.id;
    training.project = record.context;
    training.number = record.details.training_number;
    training.model_variant = record.details.model_variant;
    training.categories = record.details.categories;
    training.hyperparameters = record.details.hyperparameters;
    training.folder = folders.training;
    training.dataset = folders.dataset;
    training.images = folders.images;
    if (record.has_base_model) training.base_model = folders.base_model;
    return training;
}

Result<void> make_training_folder(TrainingFolders const& folders)
{
    return unless_disk_is_full([&]() -> Result<void> {
        make_folder_durably(folders.training);
        make_folder_durably(folders.images);
        return {};
    });
}

void remove_other_trainings(TrainingFolders const& folders)
{
    for (auto const& other : list_folder(folders.trainings)) {
        if (other == folders.training) continue;
        rescue_best_files(other, folders.kept_models);
        std::error_code failure;
        fs::remove_all(other, failure);
        if (failure) log::warn("{} stays: {}", other.string(), failure.message()); // files of another user, say
    }
}

Result<PublishedState> keep_best_files(TrainingFolders const& folders, BestState const& state,
                                       std::string const& folder)
{
    PublishedState kept{state.confusion_matrix, state.epoch, state.chosen, {}, folder, {}, state.mark};
    for (auto const& [key, value] : state.description) kept.description.emplace(key, value);
    auto const copy = [&]() -> Result<void> {
        fs::remove_all(folders.best / folder);
        for (auto const& [format, files] : state.files) {
            if (!is_name(format))
                return Error{Errc::invalid_argument, "'" + printable(format) + "' is no name of a format"};
            auto names = keep_files(folders.training, files, folders.best / folder / format);
            if (!names) return names.error();
            kept.files[format] = std::move(*names);
        }
        return {};
    };
    if (state.files.empty()) return Error{Errc::invalid_argument, "the best state has no files"};
    if (auto const copied = unless_disk_is_full(copy); !copied) return copied.error();
    return kept;
}

BestState best_state_of(TrainingFolders const& folders, PublishedState const& kept)
{
    BestState state{kept.confusion_matrix, kept.epoch, kept.chosen, {}, {}, kept.mark};
    for (auto const& [key, value] : kept.description) state.description[key] = value;
    for (auto const& [format, names] : kept.files) {
        for (auto const& name : names) state.files[format].push_back(folders.best / kept.folder / format / name);
    }
    return state;
}

void remove_best_files_but(TrainingFolders const& folders, std::string const& folder)
{
    for (auto const& other : list_folder(folders.best)) {
        if (other.filename() != folder) fs::remove_all(other);
    }
}

Result<void> set_model_aside(TrainingFolders const& folders, TrainingRecord const& record)
{
    if (!record.best) return {};
    auto const from = folders.best / record.best->folder;
    auto const name = time_for_a_name(timestamp_of(begin_of(record))) + "_" + record.context.organization + "_" +
                      record.context.project + "_" + std::to_string(record.details.training_number);
    auto const to = folders.kept_models / name;
    return unless_disk_is_full([&]() -> Result<void> {
        if (!fs::is_directory(from)) return {}; // it was done before the process died
        make_folder_durably(folders.kept_models);
        if (!write_durably(from / "why_it_is_here.txt", name_of(record) + ": " + record.reason + "\n"))
            log::warn("{}: there is no room to write why its model is put aside", name_of(record));
        rename_durably(from, to);
        remove_oldest_kept(folders.kept_models);
        return {};
    });
}

void tidy_training_folder(TrainingFolders const& folders, bool keep_all)
{
    for (auto const& entry : list_folder(folders.training)) {
        bool const is_of_detecting =
            entry == folders.detections || entry == folders.model_to_detect_with || entry == folders.image_list;
        bool const is_log = entry == folders.log || entry == folders.older_log;
        if (is_of_detecting || (!keep_all && !is_log)) fs::remove_all(entry);
    }
}

} // namespace learning_loop
