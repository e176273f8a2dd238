#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/image_change.h"

namespace learning_loop {

/// Whether a change of images says which and what. Errors: unprocessable; the message names the field.
Result<void> check_image_change(ImageChangeRequest const& change);

} // namespace learning_loop
