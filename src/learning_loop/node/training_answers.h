#pragma once

#include "learning_loop/data/training_image.h"

#include <string>
#include <vector>

// What a trainer reads of the Loop's answers. Errors of all: invalid_argument if the answer is malformed; the message
// begins with the path of what is wrong.

namespace learning_loop {

/// The ids of the answer to `GET .../data`, in its order, each once. What is no UUID is left out, since ids become the
/// names of files; one line of the log tells of all of them.
Result<std::vector<std::string>> read_image_ids(std::string const& text);

/// Of the answer to `GET .../images` the images that were asked for, in the order of `asked`, each once. Those that the
/// answer lacks are left out. So are annotations without a category: an image may come to the Loop with things whose
/// names it does not know, and nobody can learn those.
Result<std::vector<TrainingImage>> read_training_images(std::string const& text, std::vector<std::string> const& asked);

} // namespace learning_loop
