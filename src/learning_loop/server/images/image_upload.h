#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/store/new_image.h"

#include <string_view>
#include <vector>

namespace learning_loop {

/// Reads the body of an image upload: parts that hold a JPEG or a PNG, each with at most one part of JSON for its
/// metadata. A part's bytes tell what it is. Which parts belong together is told by their names without the ending or,
/// if names come twice, by their order. Blocks for as long as hashing takes; the images hold views into `body`.
/// Everything is checked before anything is returned. Errors: unprocessable if a part is wrong; the message names it.
/// too_large if an image is beyond the limits. invalid_argument if the body is not multipart.
Result<std::vector<store::NewImage>> read_image_upload(std::string_view content_type, std::string_view body);

} // namespace learning_loop
