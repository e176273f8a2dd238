#pragma once

#include "learning_loop/base/error.h"

#include <filesystem>

namespace learning_loop {

/// Where one model at a time is converted: `conversion` in the data folder. Nothing there outlives a conversion.
/// Blocks.
class ConversionFolder {
public:
    explicit ConversionFolder(std::filesystem::path const& data_folder) : folder_(data_folder / "conversion") {}

    /// Errors: out_of_space if the disk is full. Otherwise as `remove`.
    Result<void> make_empty() const;

    /// Errors: unavailable if something cannot be removed.
    Result<void> remove() const;

    std::filesystem::path zip() const { return folder_ / "source.zip"; }
    std::filesystem::path source() const { return folder_ / "source"; }
    std::filesystem::path target() const { return folder_ / "target"; }

    /// Whether so little is free that whoever writes there may have failed for that reason.
    bool is_almost_full() const;

private:
    std::filesystem::path folder_;
};

} // namespace learning_loop
