#pragma once

#include "learning_loop/base/reflect.h"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

struct Category {
    std::string id;
    std::string name;
    std::optional<std::string> description;
    std::optional<std::string> hotkey;
    std::optional<std::string> color; ///< As `#FF00FF`.
    std::optional<int> point_size;    ///< Pixels.
    std::optional<std::string> type;  ///< `box`, `point`, `segmentation`, `classification`, or any other text.
};
BOOST_DESCRIBE_STRUCT(Category, (), (id, name, description, hotkey, color, point_size, type))

/// What a model is, as its `model.json` tells. The order of `categories` is the order of the model's classes.
struct ModelInformation {
    std::string id;
    std::optional<std::string> host; ///< The Loop it comes from.
    std::string organization;
    std::string project;
    std::string version;
    std::vector<Category> categories;
    std::optional<int> resolution;              ///< Pixels of the input's longer side.
    std::optional<std::string> model_root_path; ///< The folder of its files on this machine; never in a model.json.
    std::optional<std::string> model_size;
    std::optional<double> conf_threshold; ///< 0 to 1: the confidence the trainer chose.
};
BOOST_DESCRIBE_STRUCT(ModelInformation, (),
                      (id, host, organization, project, version, categories, resolution, model_root_path, model_size,
                       conf_threshold))

} // namespace learning_loop
