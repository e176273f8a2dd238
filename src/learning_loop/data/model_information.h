#pragma once

#include "learning_loop/data/category.h"

#include <vector>

namespace learning_loop {

/// What a model is. The order of `categories` is the order of the model's classes.
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

// Compiled once, in the .cpp.
extern template JsonType const& json_type<ModelInformation>();

} // namespace learning_loop
