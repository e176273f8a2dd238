#include "learning_loop/server/models/model_format.h"

#include "learning_loop/base/ids.h"

#include <algorithm>
#include <array>
#include <string>

namespace learning_loop {
namespace {

/// What stands in paths below a project's where a format may stand, too, and what may come to stand there.
constexpr auto taken = std::to_array<std::string_view>(
    {"abort",    "annotations",    "backup",     "categories", "category",  "charts",          "converters", "data",
     "dataset",  "datasets",       "deployment", "detections", "detectors", "devices",         "download",   "events",
     "export",   "file",           "files",      "generator",  "history",   "hyperparameters", "image",      "imageIds",
     "images",   "import",         "jobs",       "latest",     "main",      "metrics",         "model",      "models",
     "nodes",    "novelty_scores", "project",    "projects",   "rollback",  "search",          "settings",   "split",
     "state",    "states",         "stop",       "tag",        "tags",      "target",          "thumb",      "trainer",
     "trainers", "training",       "trainings",  "trash",      "upload",    "user_input",      "users"});

} // namespace

Result<void> check_model_format(std::string_view format, std::string_view field)
{
    auto const wrong = [&](std::string const& what) {
        return Error{Errc::unprocessable, std::string(field) + ": " + what};
    };
    if (!is_name(format)) return wrong("use letters, digits, '_', '-' and '.', and no dot in front");
    if (std::ranges::find(taken, format) == taken.end()) return {};
    auto const name = std::string(format);
    return wrong("'" + name + "' is the name of something else in a project's paths: choose another one, as '" + name +
                 "_1'");
}

} // namespace learning_loop
