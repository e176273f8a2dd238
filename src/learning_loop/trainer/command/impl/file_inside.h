#pragma once

#include "learning_loop/base/error.h"

#include <filesystem>

namespace learning_loop {

/// Where a file or folder really is that a program named, relative to the training's folder. Errors: not_found if there
/// is nothing; invalid_argument if it lies elsewhere, also by way of links; unavailable if the disk does not say.
Result<std::filesystem::path> find_inside(std::filesystem::path const& folder, std::filesystem::path const& named);

/// The same for a file of a model. Errors: invalid_argument, also if there is nothing, if it is no plain file, or if it
/// is too large for any Loop: the program that named it was wrong, and would be again.
Result<std::filesystem::path> find_model_file(std::filesystem::path const& folder, std::filesystem::path const& named);

} // namespace learning_loop
