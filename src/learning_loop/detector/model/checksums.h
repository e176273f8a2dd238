#pragma once

#include "learning_loop/base/error.h"

#include <filesystem>

// What tells a model that is whole from one that was copied by half or has changed on the disk. Both block. What the
// disk cannot do throws.

namespace learning_loop {

/// Writes the SHA-256 of each file of the folder into the file `.sha256sums` there, durably but for its name, so that
/// `sha256sum -c .sha256sums` checks them, too. Errors: out_of_space if the disk is full.
Result<void> write_checksums(std::filesystem::path const& folder);

/// Compares the files of a folder with its `.sha256sums`. One without it, as others install them, is taken as it is.
/// Errors: invalid_argument names the file that is missing or has changed.
Result<void> check_checksums(std::filesystem::path const& folder);

} // namespace learning_loop
