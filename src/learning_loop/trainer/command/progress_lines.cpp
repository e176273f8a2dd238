#include "learning_loop/trainer/command/progress_lines.h"

#include "learning_loop/base/hash.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"

#include <algorithm>
#include <cmath>

namespace learning_loop {
namespace json = boost::json;
namespace {

/// `best` of a progress line.
struct BestLine {
    std::optional<int> epoch;
    std::map<std::string, CategoryCounts> confusion_matrix;
    std::map<std::string, json::value> files; ///< A path or a list of paths each.
    std::map<std::string, json::value> model;
    std::map<std::string, json::value> hyperparameters;
};
BOOST_DESCRIBE_STRUCT(BestLine, (), (epoch, confusion_matrix, files, model, hyperparameters))

struct ProgressLine {
    std::optional<double> progress;
    std::optional<double> epoch;
    std::map<std::string, json::value> metrics; ///< Numbers; null is what Python's NaN becomes.
    std::optional<BestLine> best;
};
BOOST_DESCRIBE_STRUCT(ProgressLine, (), (progress, epoch, metrics, best))

constexpr std::size_t max_metrics = 100;
constexpr std::size_t max_formats = 20;
constexpr std::size_t max_files = 100; ///< Of one format.

void add_metrics(std::map<std::string, json::value> const& told, std::map<std::string, double>& metrics)
{
    for (auto const& [name, value] : told) {
        bool const is_known = metrics.contains(printable(name));
        if (value.is_number() && (is_known || metrics.size() < max_metrics))
            metrics[printable(name)] = value.to_number<double>();
    }
}

Result<std::vector<std::filesystem::path>> paths_of(json::value const& value, JsonPath const& path)
{
    auto const list = value.is_string() ? json::value(json::array{value}) : value;
    auto const names = from_json<std::vector<std::string>>(list, path);
    if (!names) return names.error();
    if (names->empty() || names->size() > max_files)
        return error_at(path, "must name 1 to " + std::to_string(max_files) + " files");
    return std::vector<std::filesystem::path>(names->begin(), names->end());
}

Result<std::map<std::string, std::vector<std::filesystem::path>>> files_of(BestLine const& line)
{
    JsonPath const root("best");
    auto const path = root / "files";
    std::map<std::string, std::vector<std::filesystem::path>> files;
    if (line.files.empty() || line.files.size() > max_formats)
        return error_at(path, "must name the files of 1 to " + std::to_string(max_formats) + " formats");
    for (auto const& [format, value] : line.files) {
        if (!is_name(format)) return error_at(path / printable(format), "is no name of a format");
        auto paths = paths_of(value, path / format);
        if (!paths) return paths.error();
        files[format] = std::move(*paths);
    }
    return files;
}

bool is_number_within(json::value const& value, double least, double most)
{
    return value.is_number() && value.to_number<double>() >= least && value.to_number<double>() <= most;
}

/// What is wrong with the value of a key of `model.json`, which the Loop would refuse the model for; nullopt: nothing.
std::optional<std::string> find_fault_of_model(std::string const& key, json::value const& value)
{
    if (key == "conf_threshold" && !is_number_within(value, 0, 1)) return "conf_threshold must be from 0 to 1";
    if (key == "resolution" && !(is_number_within(value, 1, 1e6) && value.is_int64()))
        return "resolution must be a whole number of pixels";
    return std::nullopt;
}

} // namespace

ProgressLines::ProgressLines(std::filesystem::path file, std::vector<Category> const& categories)
    : tail_(std::move(file), 1)
{
    for (auto const& category : categories) category_ids_.insert(category.id);
}

void ProgressLines::read_new()
{
    for (auto lines = tail_.read_new(); !lines.empty(); lines = tail_.read_new()) {
        for (auto const& line : lines) {
            if (trimmed(line).empty()) continue;
            if (auto const taken = take(line); !taken) complain(taken.error().message);
        }
    }
}

Result<void> ProgressLines::take(std::string_view text)
{
    auto const document = parse_json_with_odd_numbers(text, "a progress line");
    if (!document) return document.error();
    auto const line = from_json<ProgressLine>(*document, JsonPath("a progress line"));
    if (!line) return line.error();
    if (line->progress) progress_.fraction = std::clamp(*line->progress, 0.0, 1.0);
    if (line->epoch) progress_.epoch = line->epoch;
    add_metrics(line->metrics, progress_.metrics);
    if (!line->best) return {};
    auto files = files_of(*line->best);
    if (!files) return files.error();
    BestState state;
    state.epoch = line->best->epoch;
    state.files = std::move(*files);
    state.mark = hex(sha256(text));
    for (auto const& [id, counts] : line->best->confusion_matrix) {
        if (counts.tp < 0 || counts.fp < 0 || counts.fn < 0)
            return Error{Errc::invalid_argument, "a progress line: best.confusion_matrix has negative counts"};
        if (category_ids_.contains(id)) state.confusion_matrix[id] = counts;
        else
            complain("best.confusion_matrix tells of the category '" + printable(id) + "', which the training has not");
    }
    for (auto const& [key, value] : line->best->model) {
        if (auto const fault = find_fault_of_model(key, value)) complain("best.model: " + *fault);
        else if (!value.is_null()) state.description[key] = value;
    }
    for (auto const& [name, value] : line->best->hyperparameters) {
        if (value.is_primitive() && !value.is_null()) state.chosen[name] = value;
    }
    best_ = std::move(state);
    return {};
}

void ProgressLines::complain(std::string_view what)
{
    constexpr std::size_t most = 20;
    if (complaints_.size() < most && complaints_.emplace(what).second)
        log::warn("the training program's progress, of which this is told once: {}", what);
}

} // namespace learning_loop
