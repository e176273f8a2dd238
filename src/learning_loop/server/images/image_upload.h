#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/category.h"
#include "learning_loop/http/upload.h"
#include "learning_loop/store/new_image.h"

#include <vector>

namespace learning_loop {

/// Reads an image upload: parts that hold a JPEG or a PNG, each with at most one part of JSON for its metadata (see
/// `pair_parts`). Everything is checked before anything is returned; an image that comes as complete is decoded, since
/// a training may get it at once. Blocks; the images hold views into the upload, or its files. Errors: unprocessable
/// if an image cannot be kept; the message names its part.
Result<std::vector<store::NewImage>> read_image_upload(http::Upload& upload, std::vector<Category> const& categories);

} // namespace learning_loop
