#pragma once

#include "learning_loop/store/image_rows.h"

namespace learning_loop {

/// Sets the hashes of the image's bytes and of its metadata and, when it has no id, one that both determine.
void identify(store::NewImage& image);

} // namespace learning_loop
