#pragma once

#include "learning_loop/data/model.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop::store {

/// A model that is to be made.
struct NewModel {
    std::optional<std::string> id;              ///< Absent: a new one, unless the project has the content already.
    std::optional<std::string> version;         ///< Absent: the next one.
    std::optional<std::string> parent;          ///< The id of the model that it continues.
    std::optional<std::string> idempotency_key; ///< Of the upload: the same one again is the same model.
    std::string comment;
};

/// What a model is to have in one format.
struct ModelContent {
    std::string format;
    std::string hash; ///< Of the files as they were uploaded.
};

/// The model that a content belongs to.
struct ModelPlace {
    Model model;
    std::optional<std::int64_t> stored_bytes; ///< The content is there already, in a file of that length.
    std::optional<std::string> model_json;    ///< That of the model's first format.
};

/// A file that was written for a model. If it is its first one, `model_json` and `remarks` become the model's.
struct NewModelFile {
    std::string model;
    ModelContent content;
    std::int64_t bytes = 0;
    std::string model_json;
    std::vector<std::string> remarks;
};

} // namespace learning_loop::store
