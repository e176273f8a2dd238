#pragma once

#include "learning_loop/base/new_file.h"
#include "learning_loop/http/multipart.h"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop::http {

/// A part of an upload: a short one is in memory, a long one in a file of its own.
struct UploadedPart : PartHead {
    std::string bytes;           ///< Empty if there is a file.
    std::optional<NewFile> file; ///< Removed with the request, unless it is kept.
    std::uint64_t size_bytes = 0;
};

using Upload = std::vector<UploadedPart>;

/// Receives a multipart body in pieces; long bodies go to disk. Blocks: to be used on a Pool.
class UploadReader final : MultipartParser::Sink {
public:
    static constexpr std::size_t max_held_bytes = 4 * 1024 * 1024; ///< Of all parts together.

    /// Files go to `folder`, which must exist. Errors: as `MultipartParser::of`.
    static Result<UploadReader> of(std::string_view content_type, std::filesystem::path folder,
                                   std::size_t max_part_bytes = std::numeric_limits<std::size_t>::max());

    /// Takes the next bytes. Errors: as `MultipartParser::feed`; unprocessable, naming the part, if one is too long, of
    /// which nothing more is written then; out_of_space if the disk is full.
    Result<void> feed(std::string_view piece);

    /// To be called at the end of the body. Errors: invalid_argument if something is missing.
    Result<Upload> finish();

    std::size_t held_bytes() const { return held_bytes_; } ///< In memory. Callers must not ask while a piece is fed.

private:
    UploadReader(MultipartParser parser, std::filesystem::path folder, std::size_t max_part_bytes);

    Result<void> begin(PartHead head) override;
    Result<void> data(std::string_view bytes) override;
    Result<void> end() override;

    MultipartParser parser_;
    std::filesystem::path folder_;
    std::size_t max_part_bytes_;
    Upload parts_;
    std::size_t held_bytes_ = 0;
};

} // namespace learning_loop::http
