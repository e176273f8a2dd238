#pragma once

#include "learning_loop/archive/impl/zip_contents.h"
#include "learning_loop/archive/zip.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>

struct archive;
struct archive_entry;

namespace learning_loop {

/// Goes through a zip entry by entry, in the order of their bytes, and holds it to the limits while it inflates.
class ZipReader {
public:
    /// Tells under which name the entry of that name is to be read; nullopt: it is passed over. It may refuse it.
    using Naming = std::function<Result<std::optional<std::string>>(std::string_view)>;

    /// Errors: invalid_argument if it is no zip. too_large if it has too many entries.
    static Result<ZipReader> open(ZipInput zip, ZipLimits const& limits, Naming naming);

    /// The name of the next entry; nullopt after the last. Errors: invalid_argument if the entry is damaged or of a
    /// kind that is refused; those of the naming.
    Result<std::optional<std::string>> next();

    /// Reads the next bytes of this entry and returns how many: 0 at its end, when its checksum has been compared.
    /// Errors: invalid_argument if it is damaged. too_large if the zip unpacks to too many bytes.
    Result<std::size_t> read(std::span<char> into);

private:
    struct Source;
    struct Close {
        void operator()(archive* reader) const;
        void operator()(Source* source) const;
    };

    ZipReader(ZipInput zip, ZipContents contents, ZipLimits const& limits, Naming naming);

    bool open_archive();
    Result<std::optional<std::string>> take(ZipRecord const& record);
    Result<void> check_entry(archive_entry* entry, int status);
    Error broken() const;

    std::unique_ptr<Source, Close> source_; // before the reader, which reads it until it is closed
    std::unique_ptr<archive, Close> reader_;
    std::vector<ZipRecord> records_;
    std::size_t begun_ = 0; ///< How many of them.
    Naming naming_;
    std::uintmax_t bytes_left_;
    std::string entry_; ///< The name in the zip of the one that is read.
};

} // namespace learning_loop
