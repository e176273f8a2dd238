#pragma once

#include "learning_loop/archive/impl/zip_names.h"
#include "learning_loop/archive/zip.h"

#include <memory>
#include <optional>
#include <span>

struct archive;

namespace learning_loop {

/// Goes through a zip entry by entry and holds it to the limits while it inflates.
class ZipReader {
public:
    static Result<ZipReader> open(std::filesystem::path const& zip, ZipLimits const& limits);

    /// The bytes must outlive the reader.
    static Result<ZipReader> open(std::string_view zip, ZipLimits const& limits);

    /// The name of the next entry, fit for a file; nothing after the last.
    Result<std::optional<std::string>> next();

    /// The next bytes of this entry, 0 at its end, where its checksum has been compared.
    Result<std::size_t> read(std::span<char> into);

private:
    struct Close {
        void operator()(archive* reader) const;
    };

    ZipReader(archive* reader, ZipLimits const& limits, std::uintmax_t packed_bytes);

    Error broken(std::string_view entry) const;

    std::unique_ptr<archive, Close> reader_;
    std::size_t max_entries_;
    std::uintmax_t bytes_left_;
    ZipNames names_;
    std::string entry_;
};

} // namespace learning_loop
