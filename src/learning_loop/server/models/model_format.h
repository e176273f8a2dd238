#pragma once

#include "learning_loop/base/error.h"

#include <string_view>

namespace learning_loop {

/// Whether a model may come in the format of that name. Errors: unprocessable if it is no name, or one that paths of a
/// project have for something else: nobody could tell the two apart. The message begins with `field`.
Result<void> check_model_format(std::string_view format, std::string_view field = "format");

} // namespace learning_loop
