#pragma once

#include "learning_loop/base/error.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// Checks ids of images that somebody sent, and returns them in lower case, each once. Errors: unprocessable if one is
/// no UUID or there are more than `max_count`; the message begins with the field.
Result<std::vector<std::string>> checked_image_ids(std::vector<std::string> const& ids, std::string_view field,
                                                   std::size_t max_count);

} // namespace learning_loop
