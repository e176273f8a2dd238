#pragma once

#include "learning_loop/archive/zip.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/model_information.h"
#include "learning_loop/http/upload.h"

#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// Reads the files of an uploaded model, which come one by one or as one zip; they leave the upload. Blocks. Errors:
/// unprocessable if there are none, if one has no plain name or comes twice, or if the zip is not sound. too_large if
/// the zip is beyond the limits. The message names the file.
Result<std::vector<ZipEntry>> read_model_upload(http::Upload& upload);

/// What the Loop knows of a model for certain.
struct ModelFacts {
    std::string host; ///< Of this Loop, as a URL.
    std::string organization;
    std::string project;
    std::string id;
    std::string version;
    std::string format;
    std::vector<Category> categories; ///< Of the project: for a model.json without categories.
};

/// Sets in the files' `model.json` what the Loop knows for certain, and keeps the rest, above all the order of the
/// categories. Makes the file if it is missing. Errors: unprocessable if it is no JSON object.
Result<void> correct_model_json(std::vector<ZipEntry>& files, ModelFacts const& facts);

} // namespace learning_loop
