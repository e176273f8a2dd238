#pragma once

#include "learning_loop/base/error.h"

#include <filesystem>

// What it means that a call of the system failed on a file, as errno tells right after it.

namespace learning_loop::impl {

/// Whether there is no room: the disk or a quota is full, or the file is the longest that this process may write.
bool is_short_of_space(int error);

/// Throws std::system_error: `<what> <file>: <errno as text>`.
[[noreturn]] void throw_errno(char const* what, std::filesystem::path const& file);

/// Returns out_of_space if there is no room, and throws as `throw_errno` for every other reason.
Error disk_error(char const* what, std::filesystem::path const& file);

} // namespace learning_loop::impl
