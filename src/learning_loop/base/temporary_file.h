#pragma once

#include "learning_loop/base/error.h"

#include <filesystem>
#include <string_view>
#include <utility>

namespace learning_loop {

/// A new file of a name that nobody else has, which is gone when this is. What a killed process leaves carries the
/// name's beginning `upload-` and may be swept away at the next start. Blocks.
class TemporaryFile {
public:
    /// out_of_space: the disk is full, or may hold no more files. Anything else throws std::system_error.
    static Result<TemporaryFile> make(std::filesystem::path const& folder);

    TemporaryFile(TemporaryFile&& other) noexcept;
    TemporaryFile& operator=(TemporaryFile&& other) noexcept;
    ~TemporaryFile();

    Result<void> append(std::string_view bytes); ///< out_of_space: the disk is full.
    Result<void> close();                        ///< All that was appended can be read by path. out_of_space.

    std::filesystem::path const& path() const { return path_; }

    /// Removes what killed processes left in a folder of such files.
    static void sweep(std::filesystem::path const& folder);

private:
    TemporaryFile(std::filesystem::path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
    void give_up() noexcept;

    std::filesystem::path path_;
    int descriptor_ = -1;
};

} // namespace learning_loop
