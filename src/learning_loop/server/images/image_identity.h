#pragma once

#include "learning_loop/store/new_image.h"

namespace learning_loop {

/// Sets the hashes of the image's bytes and of what came with it, the length of the bytes and, if it has no id, one
/// that follows from both hashes.
void identify(store::NewImage& image);

} // namespace learning_loop
