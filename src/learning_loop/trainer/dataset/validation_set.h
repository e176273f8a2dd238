#pragma once

#include "learning_loop/data/training.h"

#include <cstdint>
#include <string_view>
#include <vector>

// Which images a training selects its model on, if the Loop does not say.

namespace learning_loop {

/// Whether the hyperparameter `compute_validation_set` asks for images to select the model on; absent: no. Errors:
/// unprocessable if it is anything but true or false.
Result<bool> asks_for_validation_set(Hyperparameters const& hyperparameters);

/// Where an image stands among all images: the first 32 bits of the SHA-256 of its id. It stays there when others come.
std::uint32_t place_of_image(std::string_view image_id);

/// Of the images to train on, those to select the model on instead: the first tenth of all places, at least one image.
/// The answer has views into `train_ids`. Errors: unprocessable if there are fewer than two.
Result<std::vector<std::string_view>> choose_validation_images(std::vector<std::string_view> const& train_ids);

} // namespace learning_loop
