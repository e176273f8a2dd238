#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/trainer/command/trainer_file.h"
#include "learning_loop/trainer/logic/training.h"

#include <filesystem>

namespace learning_loop {

/// Writes what a training learns from in the form that a program wants (docs/trainer.md tells the forms), unless the
/// folder is there already: it appears as a whole, whatever happens meanwhile. Pictures are links to the node's own.
/// Blocks; the memory does not grow with the number of images. Errors: those of `read_dataset`; unprocessable if the
/// training has no images to learn from, or the form needs images to select a model with, or boxes, and there are none;
/// not_found if a picture is missing; out_of_space.
Result<void> write_layout(DatasetLayout layout, Training const& training, std::filesystem::path const& folder);

} // namespace learning_loop
