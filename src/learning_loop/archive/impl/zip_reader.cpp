#include "learning_loop/archive/impl/zip_reader.h"

#include "learning_loop/base/text.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <new>

namespace learning_loop {
namespace {

std::uintmax_t max_unpacked(ZipLimits const& limits, std::uintmax_t packed_bytes)
{
    constexpr std::uintmax_t always_accepted = 16 << 20;
    return std::min(limits.max_bytes, std::max(always_accepted, packed_bytes * limits.max_ratio));
}

Error no_zip()
{
    return {Errc::invalid_argument, "not a zip file, or not all of it: send it again as it was packed"};
}

/// libarchive knows a dozen methods, some of which take gigabytes; zips of our peers have these two.
bool is_usual_method(std::string_view format)
{
    return format.ends_with("(deflation)") || format.ends_with("(uncompressed)");
}

} // namespace

void ZipReader::Close::operator()(archive* reader) const
{
    archive_read_free(reader);
}

ZipReader::ZipReader(archive* reader, ZipLimits const& limits, std::uintmax_t packed_bytes)
    : reader_(reader), max_entries_(limits.max_entries), bytes_left_(max_unpacked(limits, packed_bytes))
{
    if (!reader_) throw std::bad_alloc();
    // By its table of contents only: read as a stream, a zip that was cut off between two entries would look whole.
    archive_read_support_format_zip_seekable(reader_.get());
}

Result<ZipReader> ZipReader::open(std::filesystem::path const& zip, ZipLimits const& limits)
{
    std::error_code missing;
    auto const packed_bytes = std::filesystem::file_size(zip, missing);
    if (missing) return Error{Errc::not_found, zip.string() + ": " + missing.message()};
    constexpr std::size_t block_bytes = 1 << 16;
    ZipReader reader(archive_read_new(), limits, packed_bytes);
    if (archive_read_open_filename(reader.reader_.get(), zip.c_str(), block_bytes) != ARCHIVE_OK) return no_zip();
    return reader;
}

Result<ZipReader> ZipReader::open(std::string_view zip, ZipLimits const& limits)
{
    ZipReader reader(archive_read_new(), limits, zip.size());
    if (archive_read_open_memory(reader.reader_.get(), zip.data(), zip.size()) != ARCHIVE_OK) return no_zip();
    return reader;
}

Error ZipReader::refusal(std::string const& why) const
{
    return {Errc::invalid_argument, "zip entry \"" + printable(entry_) + "\": " + why};
}

Error ZipReader::broken(std::string_view entry) const
{
    char const* const why = archive_error_string(reader_.get());
    return {Errc::invalid_argument, "zip entry \"" + printable(entry) + "\": is damaged (" +
                                        printable(why ? why : "unreadable") + "): send the zip again"};
}

Result<std::optional<std::string>> ZipReader::next()
{
    archive_entry* entry = nullptr;
    int const status = archive_read_next_header(reader_.get(), &entry);
    if (names_.size() == 0 && (status == ARCHIVE_EOF || status == ARCHIVE_FATAL)) return no_zip();
    if (status == ARCHIVE_EOF) return std::optional<std::string>();
    char const* const name = entry ? archive_entry_pathname(entry) : nullptr;
    if (!name) return broken("number " + std::to_string(names_.size() + 1));
    entry_ = name;
    if (auto accepted = check_entry(entry, status); !accepted) return accepted.error();
    return std::optional(entry_);
}

Result<void> ZipReader::check_entry(archive_entry* entry, int status)
{
    if (names_.size() == max_entries_) {
        return Error{Errc::too_large, "zip entry \"" + printable(entry_) + "\": is one more than the " +
                                          std::to_string(max_entries_) + " files that are accepted"};
    }
    if (auto fit = names_.add(entry_); !fit) return fit;
    if (status != ARCHIVE_OK) return broken(entry_);
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry)) return refusal("is no plain file");
    if (archive_entry_is_encrypted(entry)) return refusal("is encrypted: pack it without a password");
    if (!is_usual_method(archive_format_name(reader_.get())))
        return refusal("is packed by an unusual method: use deflate");
    return {};
}

Result<std::size_t> ZipReader::read(std::span<char> into)
{
    auto const got = archive_read_data(reader_.get(), into.data(), into.size());
    if (got < 0) return broken(entry_);
    auto const count = static_cast<std::size_t>(got);
    if (count > bytes_left_) {
        return Error{Errc::too_large, "zip entry \"" + printable(entry_) +
                                          "\": the zip unpacks to more bytes than are accepted " +
                                          "of one of its size: pack fewer or smaller files"};
    }
    bytes_left_ -= count;
    return count;
}

} // namespace learning_loop
