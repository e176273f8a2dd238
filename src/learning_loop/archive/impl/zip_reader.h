#pragma once

#include "learning_loop/archive/impl/zip_names.h"
#include "learning_loop/archive/zip.h"

#include <memory>
#include <optional>
#include <span>

struct archive;
struct archive_entry;

namespace learning_loop {

/// Goes through a zip entry by entry and holds it to the limits while it inflates.
class ZipReader {
public:
    /// Errors: not_found if there is no such file. invalid_argument if it is no zip.
    static Result<ZipReader> open(std::filesystem::path const& zip, ZipLimits const& limits);

    /// The bytes must outlive the reader. Errors: invalid_argument if they are no zip.
    static Result<ZipReader> open(std::string_view zip, ZipLimits const& limits);

    /// The name of the next entry, fit for a file; nullopt after the last. Errors: invalid_argument if the entry is
    /// damaged or of a kind that is refused. too_large if there are too many.
    Result<std::optional<std::string>> next();

    /// Reads the next bytes of this entry and returns how many: 0 at its end, when its checksum has been compared.
    /// Errors: invalid_argument if it is damaged. too_large if the zip unpacks to too many bytes.
    Result<std::size_t> read(std::span<char> into);

private:
    struct Close {
        void operator()(archive* reader) const;
    };

    ZipReader(archive* reader, ZipLimits const& limits, std::uintmax_t packed_bytes);

    Result<void> check_entry(archive_entry* entry, int status);
    Error refusal(std::string const& why) const;
    Error broken(std::string_view entry) const;

    std::unique_ptr<archive, Close> reader_;
    std::size_t max_entries_;
    std::uintmax_t bytes_left_;
    ZipNames names_;
    std::string entry_; ///< The name of the one that is read.
};

} // namespace learning_loop
