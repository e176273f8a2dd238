#pragma once

#include "learning_loop/base/error.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace learning_loop {

/// A file that a converter made.
struct ConvertedFile {
    std::string name;           ///< Under which the Loop gets it.
    std::filesystem::path path; ///< Of a plain file; no part of it is a link.
};

/// Checks the paths that a converter returned; relative ones are of the target folder. Blocks. Errors: invalid_argument
/// if there are none, if one is no plain file or leads out of the folders, or if a model cannot have such names.
/// too_large if they have more than `max_bytes` together.
Result<std::vector<ConvertedFile>> check_converted_files(std::vector<std::filesystem::path> const& returned,
                                                         std::filesystem::path const& source,
                                                         std::filesystem::path const& target, std::uintmax_t max_bytes);

} // namespace learning_loop
