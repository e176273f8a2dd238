#pragma once

#include "learning_loop/archive/zip.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/model_information.h"
#include "learning_loop/http/upload.h"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// The files of an uploaded model, which come one by one or as one zip; they leave the upload. Blocks.
/// invalid_argument, unprocessable and too_large name the file.
Result<std::vector<ZipEntry>> read_model_upload(http::Upload& upload);

/// What the Loop knows of a model for certain.
struct ModelFacts {
    std::string host; ///< Of this Loop, as a URL.
    std::string organization;
    std::string project;
    std::string id;
    std::string version;
    std::string format;
    std::vector<Category> categories; ///< Of the project: for a model that tells none.
};

/// Sets in the files' `model.json` what the Loop knows better, and keeps the rest, the order of the categories above
/// all. Makes the file when it is missing. unprocessable: it is no JSON object.
Result<void> correct_model_json(std::vector<ZipEntry>& files, ModelFacts const& facts);

} // namespace learning_loop
