#pragma once

#include "learning_loop/base/error.h"

#include <filesystem>

namespace learning_loop {

/// Unpacks a model's zip into a folder that is there, whole, or not at all; what was there is replaced. The zip is
/// removed. Blocks. Errors: those of `unpack_zip`.
Result<void> unpack_model_into(std::filesystem::path const& zip, std::filesystem::path const& folder);

/// The same, with its `model.json` under another name.
Result<void> unpack_base_model_into(std::filesystem::path const& zip, std::filesystem::path const& folder);

} // namespace learning_loop
