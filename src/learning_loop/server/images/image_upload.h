#pragma once

#include "learning_loop/store/image_rows.h"

#include <string_view>
#include <vector>

namespace learning_loop {

/// Reads the body of an image upload: parts that hold a JPEG or a PNG, each with at most one part of JSON that tells
/// its metadata. What a part is, its bytes tell; which belong together, their names without the ending or, when names
/// come twice, their order. Blocks for as long as hashing takes; the images hold views into `body`. Everything is
/// checked before anything is returned: unprocessable (a part that is wrong, named), too_large (an image beyond the
/// limits), invalid_argument (no multipart body).
Result<std::vector<store::NewImage>> read_image_upload(std::string_view content_type, std::string_view body);

} // namespace learning_loop
