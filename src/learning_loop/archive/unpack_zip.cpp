#include "learning_loop/archive/impl/zip_reader.h"
#include "learning_loop/archive/zip.h"
#include "learning_loop/base/files.h"
#include "learning_loop/base/new_file.h"

#include <array>
#include <utility>

namespace learning_loop {
namespace {

/// Hands every piece of the entry to `use`, which may fail.
template <class Use>
Result<void> each_piece(ZipReader& zip, Use use)
{
    std::array<char, 1 << 16> buffer;
    for (;;) {
        auto const count = zip.read(buffer);
        if (!count) return count.error();
        if (*count == 0) return {};
        if (auto used = use(std::string_view(buffer.data(), *count)); !used) return used;
    }
}

} // namespace

Result<void> unpack_zip(std::filesystem::path const& zip, std::filesystem::path const& empty_folder,
                        ZipLimits const& limits)
{
    auto reader = ZipReader::open(zip, limits);
    if (!reader) return reader.error();
    std::vector<NewFile> files;
    for (;;) {
        auto const name = reader->next();
        if (!name) return name.error();
        if (!*name) break;
        auto file = NewFile::create(empty_folder / **name);
        if (!file) return file.error();
        auto written = each_piece(*reader, [&](std::string_view piece) { return file->append(piece); });
        if (!written) return written;
        if (auto synced = file->sync(); !synced) return synced;
        files.push_back(std::move(*file));
    }
    sync_folder(empty_folder);
    for (auto& file : files) file.keep();
    return {};
}

Result<std::vector<ZipEntry>> read_zip(std::string_view zip, ZipLimits const& limits)
{
    auto reader = ZipReader::open(zip, limits);
    if (!reader) return reader.error();
    std::vector<ZipEntry> entries;
    for (;;) {
        auto const name = reader->next();
        if (!name) return name.error();
        if (!*name) return entries;
        auto& entry = entries.emplace_back(ZipEntry{**name, {}});
        auto read = each_piece(*reader, [&](std::string_view piece) {
            entry.bytes += piece;
            return Result<void>();
        });
        if (!read) return read.error();
    }
}

} // namespace learning_loop
