#include "learning_loop/archive/impl/zip_names.h"
#include "learning_loop/archive/impl/zip_reader.h"
#include "learning_loop/archive/zip.h"
#include "learning_loop/base/files.h"
#include "learning_loop/base/new_file.h"

#include <array>
#include <memory>
#include <utility>

namespace learning_loop {
namespace {

using Name = std::optional<std::string>;

/// Files side by side, under their names.
ZipReader::Naming as_they_are()
{
    // shared: a std::function may be copied
    return [names = std::make_shared<ZipNames>()](std::string_view name) -> Result<Name> {
        if (auto fit = names->add(name); !fit) return fit.error();
        return Name(name);
    };
}

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

Result<std::vector<ZipEntry>> read_all(ZipReader& reader)
{
    std::vector<ZipEntry> entries;
    for (;;) {
        auto const name = reader.next();
        if (!name) return name.error();
        if (!*name) return entries;
        auto& entry = entries.emplace_back(ZipEntry{**name, {}});
        auto read = each_piece(reader, [&](std::string_view piece) {
            entry.bytes += piece;
            return Result<void>();
        });
        if (!read) return read.error();
    }
}

} // namespace

Result<void> unpack_zip(std::filesystem::path const& zip, std::filesystem::path const& empty_folder,
                        ZipLimits const& limits)
{
    auto input = ZipInput::of_file(zip);
    if (!input) return input.error();
    auto reader = ZipReader::open(std::move(*input), limits, as_they_are());
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
    auto reader = ZipReader::open(ZipInput(zip), limits, as_they_are());
    if (!reader) return reader.error();
    return read_all(*reader);
}

Result<FlatZip> read_flat_zip(std::string_view zip, ZipLimits const& limits)
{
    FlatZipNames names;
    auto naming = [&](std::string_view name) { return names.add(name); };
    auto reader = ZipReader::open(ZipInput(zip), limits, naming);
    if (!reader) return reader.error();
    auto entries = read_all(*reader);
    if (!entries) return entries.error();
    if (entries->empty()) return Error{Errc::invalid_argument, "the zip has no files: pack the files themselves"};
    return FlatZip{std::move(*entries), names.remarks()};
}

Result<void> check_zip(std::string_view zip, ZipLimits const& limits)
{
    auto const naming = [](std::string_view name) -> Result<Name> {
        if (auto safe = stays_below(name); !safe) return safe.error();
        return name.ends_with('/') ? Name() : Name(name);
    };
    auto reader = ZipReader::open(ZipInput(zip), limits, naming);
    if (!reader) return reader.error();
    for (;;) {
        auto const name = reader->next();
        if (!name) return name.error();
        if (!*name) return {};
        auto read = each_piece(*reader, [](std::string_view) { return Result<void>(); });
        if (!read) return read;
    }
}

} // namespace learning_loop
