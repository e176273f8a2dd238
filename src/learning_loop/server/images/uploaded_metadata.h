#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/image_metadata.h"

#include <string_view>

namespace learning_loop {

/// Reads the metadata that came with an image, from nodes of any age: `date` counts as `created`, a confidence above 1
/// is a percentage. Errors: invalid_argument if a field is wrong; the message names it.
Result<ImageMetadata> read_uploaded_metadata(std::string_view json);

} // namespace learning_loop
