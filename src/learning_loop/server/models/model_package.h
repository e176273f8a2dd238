#pragma once

#include "learning_loop/archive/zip.h"
#include "learning_loop/base/error.h"
#include "learning_loop/http/upload.h"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace learning_loop {

/// A model in one format as it came in: checked, and mended where that is safe.
struct ModelPackage {
    std::vector<ZipEntry> files;      ///< All but `model.json`.
    boost::json::object description;  ///< That; empty if none came.
    std::string content_hash;         ///< Of all files as they came; their order makes no difference.
    std::vector<std::string> remarks; ///< On what was mended, for whoever sent it.
};

/// Reads an uploaded model, which leaves the upload. A single part that is called `.zip` is taken apart; every other
/// part is a file of the model, whatever is in it. Names may be percent-encoded. Blocks. Errors: unprocessable if
/// there are no files, if one has no plain name or comes twice, if a zip is not sound, or as `read_description`.
/// too_large if a zip is beyond the limits. The message names the file and the remedy.
Result<ModelPackage> read_model_upload(http::Upload& upload);

/// The same for files that are there. Hashes them: blocks.
Result<ModelPackage> package_of(std::vector<ZipEntry> files, std::vector<std::string> remarks);

} // namespace learning_loop
