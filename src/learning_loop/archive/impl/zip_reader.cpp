#include "learning_loop/archive/impl/zip_reader.h"

#include "learning_loop/archive/impl/zip_names.h"
#include "learning_loop/base/text.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <exception>
#include <new>

namespace learning_loop {

/// What libarchive reads: the zip without its comment, which is longer than what it would pass over. It keeps the
/// exception, since libarchive passes on a number alone.
struct ZipReader::Source {
    ZipInput zip;
    std::uint64_t end_bytes;
    std::uint64_t at = 0;
    std::array<char, 1 << 16> buffer{};
    std::exception_ptr exception{};

    std::size_t next_piece()
    {
        auto const wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end_bytes - at));
        auto const got = zip.read(at, std::span(buffer).first(wanted));
        for (auto place = std::max(at, end_bytes - 2); place < at + got; ++place) buffer.at(place - at) = '\0';
        at += got;
        return got;
    }
};

namespace {

std::uintmax_t max_unpacked(ZipLimits const& limits, std::uintmax_t packed_bytes)
{
    constexpr std::uintmax_t always_accepted = 16 << 20;
    return std::min(limits.max_bytes, std::max(always_accepted, packed_bytes * limits.max_ratio));
}

/// libarchive knows a dozen methods, some of which take gigabytes; zips of our peers have these two.
bool is_usual_method(std::string_view format)
{
    return format.ends_with("(deflation)") || format.ends_with("(uncompressed)");
}

template <class Source>
la_ssize_t read_piece(archive*, void* from, void const** piece)
{
    auto& source = *static_cast<Source*>(from);
    try {
        auto const got = source.next_piece();
        *piece = source.buffer.data();
        return static_cast<la_ssize_t>(got);
    } catch (...) {
        source.exception = std::current_exception();
        return -1;
    }
}

template <class Source>
la_int64_t seek_to(archive*, void* in, la_int64_t offset, int whence)
{
    auto& source = *static_cast<Source*>(in);
    auto const end = static_cast<la_int64_t>(source.end_bytes);
    auto const base = whence == SEEK_END ? end : whence == SEEK_CUR ? static_cast<la_int64_t>(source.at) : 0;
    source.at = static_cast<std::uint64_t>(std::clamp<la_int64_t>(offset + base, 0, end));
    return static_cast<la_int64_t>(source.at);
}

} // namespace

void ZipReader::Close::operator()(archive* reader) const
{
    archive_read_free(reader);
}

void ZipReader::Close::operator()(Source* source) const
{
    delete source;
}

ZipReader::ZipReader(ZipInput zip, ZipContents contents, ZipLimits const& limits, Naming naming)
    : reader_(archive_read_new()),
      records_(std::move(contents.records)),
      naming_(std::move(naming)),
      bytes_left_(max_unpacked(limits, zip.size_bytes()))
{
    if (!reader_) throw std::bad_alloc();
    source_.reset(new Source{std::move(zip), contents.end_bytes});
}

Result<ZipReader> ZipReader::open(ZipInput zip, ZipLimits const& limits, Naming naming)
{
    auto contents = read_zip_contents(zip, limits.max_entries);
    if (!contents) return contents.error();
    ZipReader reader(std::move(zip), std::move(*contents), limits, std::move(naming));
    if (!reader.open_archive()) return no_zip();
    return reader;
}

bool ZipReader::open_archive()
{
    auto* const reader = reader_.get();
    // By its table of contents only: read as a stream, a zip that was cut off between two entries would look whole.
    archive_read_support_format_zip_seekable(reader);
    archive_read_set_callback_data(reader, source_.get());
    archive_read_set_read_callback(reader, read_piece<Source>);
    archive_read_set_seek_callback(reader, seek_to<Source>);
    bool const is_open = archive_read_open1(reader) == ARCHIVE_OK;
    if (source_->exception) std::rethrow_exception(source_->exception);
    return is_open;
}

Error ZipReader::broken() const
{
    if (source_->exception) std::rethrow_exception(source_->exception);
    char const* const why = archive_error_string(reader_.get());
    return wrong_entry(entry_, "is damaged (" + printable(why ? why : "unreadable") + "): send the zip again");
}

Result<std::optional<std::string>> ZipReader::next()
{
    while (begun_ < records_.size()) {
        auto name = take(records_[begun_++]);
        if (!name || *name) return name;
    }
    return std::optional<std::string>();
}

/// Goes on to the next entry: libarchive has them in the order of the records. Returns its name; nullopt if it is
/// passed over.
Result<std::optional<std::string>> ZipReader::take(ZipRecord const& record)
{
    entry_ = record.name;
    archive_entry* entry = nullptr;
    int const status = archive_read_next_header(reader_.get(), &entry);
    if (begun_ == 1 && (status == ARCHIVE_EOF || status == ARCHIVE_FATAL) && !source_->exception) return no_zip();
    auto name = naming_(entry_);
    if (!name) return name.error();
    if (status == ARCHIVE_EOF || status < ARCHIVE_WARN || !entry) return broken();
    if (!*name) return name;
    if (auto accepted = check_entry(entry, status); !accepted) return accepted.error();
    return name;
}

Result<void> ZipReader::check_entry(archive_entry* entry, int status)
{
    bool const is_about_name = !is_ascii(entry_); // which it cannot turn into the characters of the C locale
    if (status != ARCHIVE_OK && !is_about_name) return broken();
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry))
        return wrong_entry(entry_, "is no plain file");
    if (archive_entry_is_encrypted(entry)) return wrong_entry(entry_, "is encrypted: pack it without a password");
    if (!is_usual_method(archive_format_name(reader_.get())))
        return wrong_entry(entry_, "is packed by an unusual method: use deflate");
    return {};
}

Result<std::size_t> ZipReader::read(std::span<char> into)
{
    auto const got = archive_read_data(reader_.get(), into.data(), into.size());
    if (got < 0) return broken();
    auto const count = static_cast<std::size_t>(got);
    if (count > bytes_left_) {
        return wrong_entry(entry_,
                           "the zip unpacks to more bytes than are accepted of one of its size: pack fewer or smaller "
                           "files",
                           Errc::too_large);
    }
    bytes_left_ -= count;
    return count;
}

} // namespace learning_loop
