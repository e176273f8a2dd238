#pragma once

#include "learning_loop/base/temporary_file.h"
#include "learning_loop/http/multipart.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop::http {

/// A part of an upload: a short one is held in memory, a long one lies in a file of its own.
struct UploadedPart : PartHead {
    std::string bytes;                 ///< Empty when there is a file.
    std::optional<TemporaryFile> file; ///< Removed with the request, unless its reader renames it away.
    std::uint64_t size_bytes = 0;
};

using Upload = std::vector<UploadedPart>;

/// Receives a multipart body piece by piece: memory does not grow with it. Blocks: belongs to a Pool.
class UploadReader final : MultipartParser::Sink {
public:
    static constexpr std::size_t max_held_bytes = 4 * 1024 * 1024; ///< In memory, of all parts.

    /// Files go to `folder`, which must exist.
    static Result<UploadReader> of(std::string_view content_type, std::filesystem::path folder);

    /// invalid_argument: the body is broken. out_of_space: the disk is full.
    Result<void> feed(std::string_view piece);
    Result<Upload> finish();

    std::size_t held_bytes() const { return held_bytes_; } ///< In memory. Not while a piece is fed.

private:
    UploadReader(MultipartParser parser, std::filesystem::path folder);

    Result<void> begin(PartHead head) override;
    Result<void> data(std::string_view bytes) override;
    Result<void> end() override;

    MultipartParser parser_;
    std::filesystem::path folder_;
    Upload parts_;
    std::size_t held_bytes_ = 0;
};

} // namespace learning_loop::http
