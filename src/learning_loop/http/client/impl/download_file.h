#pragma once

#include "learning_loop/base/new_file.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace learning_loop::http {

/// A file while it is downloaded: `<target>.part`, which `keep` renames. Without `keep` it is removed. Blocks. Errors
/// of all functions: out_of_space if the disk is full. unavailable if the disk fails otherwise: nothing is thrown then,
/// since an exception must not pass through libcurl.
class DownloadFile {
public:
    /// Makes an empty one.
    static Result<std::shared_ptr<DownloadFile>> create(std::filesystem::path const& target);

    std::uint64_t bytes() const { return part_ ? part_->size_bytes() : 0; }
    Result<void> append(std::string_view bytes);
    Result<void> restart(); ///< Empties it, because what came so far is of no use.
    Result<void> keep();    ///< Renames it to the target, durably, and replaces a file that is there.
    void discard() { part_.reset(); }

    std::string etag;        ///< Of what has come so far. Empty: a download that breaks off must begin again.
    std::uint64_t total = 0; ///< Bytes of the whole; 0: not known.

private:
    DownloadFile(std::filesystem::path target, NewFile part) : target_(std::move(target)), part_(std::move(part)) {}

    std::filesystem::path target_;
    std::optional<NewFile> part_; ///< Absent: it was kept, or discarded.
};

} // namespace learning_loop::http
