#pragma once

#include "learning_loop/base/error.h"

#include <filesystem>
#include <system_error>

namespace learning_loop {

/// Calls `use`, which uses the disk at `path`, and turns what the disk fails with into errors that name the path: a
/// trainer outlives a disk that fails, tells of it and tries again. Errors: out_of_space if it is full, unavailable if
/// it fails otherwise, and those of `use`.
template <class Use>
auto unless_disk_fails(std::filesystem::path const& path, Use use) -> decltype(use())
{
    Error const is_full{Errc::out_of_space, path.string() + ": the disk is full: free some space"};
    try {
        auto done = use();
        if (done || done.error().code != Errc::out_of_space) return done;
        return is_full;
    } catch (std::system_error const& failure) {
        if (failure.code() == std::errc::no_space_on_device) return is_full;
        return Error{Errc::unavailable, path.string() + ": " + failure.code().message()};
    }
}

} // namespace learning_loop
