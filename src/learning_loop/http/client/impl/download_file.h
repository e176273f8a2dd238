#pragma once

#include "learning_loop/base/error.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace learning_loop::http {

/// A file while it is downloaded: `<target>.part`, which gets its name once it is whole. Blocks. Without `keep`
/// nothing stays.
class DownloadFile {
public:
    /// A new, empty one. out_of_space or unavailable: it cannot be made.
    static Result<std::shared_ptr<DownloadFile>> create(std::filesystem::path const& target);
    ~DownloadFile() { discard(); }
    DownloadFile(DownloadFile const&) = delete;
    DownloadFile& operator=(DownloadFile const&) = delete;

    std::uint64_t bytes() const { return bytes_; }
    Result<void> append(std::string_view bytes); ///< out_of_space; unavailable: the disk fails.
    Result<void> restart();                      ///< What came is not what was asked for, or no longer is.
    Result<void> keep();                         ///< Durably, under its name; replaces what has that name.
    void discard();

    std::string etag;        ///< Of what has come so far; empty: it cannot be gone on with.
    std::uint64_t total = 0; ///< Bytes of the whole; 0: not known.

private:
    DownloadFile(std::filesystem::path target, std::filesystem::path part, int descriptor)
        : target_(std::move(target)), part_(std::move(part)), descriptor_(descriptor)
    {}

    std::filesystem::path target_;
    std::filesystem::path part_;
    int descriptor_; ///< -1: it was kept or discarded.
    std::uint64_t bytes_ = 0;
};

} // namespace learning_loop::http
