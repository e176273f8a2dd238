#include "learning_loop/archive/impl/zip_names.h"
#include "learning_loop/archive/zip.h"
#include "learning_loop/base/files.h"
#include "learning_loop/base/new_file.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <exception>
#include <fstream>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>

namespace learning_loop {
namespace {

/// What libarchive writes to. It keeps the error or exception, since libarchive passes on a number alone.
struct Output {
    NewFile file;
    std::optional<Error> failure{};
    std::exception_ptr exception{};
};

la_ssize_t append(archive*, void* to, void const* bytes, std::size_t length)
{
    auto& output = *static_cast<Output*>(to);
    try {
        auto const written = output.file.append({static_cast<char const*>(bytes), length});
        if (written) return static_cast<la_ssize_t>(length);
        output.failure = written.error();
    } catch (...) {
        output.exception = std::current_exception();
    }
    return -1;
}

class ZipWriter {
public:
    explicit ZipWriter(Output& output) : output_(output), writer_(archive_write_new()), entry_(archive_entry_new())
    {
        if (!writer_ || !entry_) throw std::bad_alloc();
        auto* const writer = writer_.get();
        archive_write_set_format_zip(writer);
        archive_write_zip_set_compression_store(writer);
        archive_write_set_bytes_per_block(writer, 1 << 20);
        archive_write_set_bytes_in_last_block(writer, 1);
        archive_write_open(writer, &output_, nullptr, append, nullptr);
    }

    /// Entries have neither a time nor an owner, so that the same files make the same zip.
    Result<void> begin(std::string const& name, std::uintmax_t length)
    {
        auto* const entry = archive_entry_clear(entry_.get());
        archive_entry_set_pathname(entry, name.c_str());
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_size(entry, static_cast<la_int64_t>(length));
        return outcome(archive_write_header(writer_.get(), entry) == ARCHIVE_OK);
    }

    Result<void> write(std::string_view bytes)
    {
        auto const written = archive_write_data(writer_.get(), bytes.data(), bytes.size());
        return outcome(written == static_cast<la_ssize_t>(bytes.size()));
    }

    Result<void> finish() { return outcome(archive_write_close(writer_.get()) == ARCHIVE_OK); }

private:
    Result<void> outcome(bool done)
    {
        if (done) return {};
        if (output_.exception) std::rethrow_exception(output_.exception);
        if (output_.failure) return *output_.failure;
        throw std::runtime_error("cannot write " + output_.file.path().string() + ": " +
                                 archive_error_string(writer_.get()));
    }

    Output& output_;
    std::unique_ptr<archive, decltype([](archive* writer) { archive_write_free(writer); })> writer_;
    std::unique_ptr<archive_entry, decltype([](archive_entry* entry) { archive_entry_free(entry); })> entry_;
};

Result<void> add_bytes(ZipWriter& zip, std::string const& name, std::string_view bytes)
{
    if (auto begun = zip.begin(name, bytes.size()); !begun) return begun;
    return zip.write(bytes);
}

Result<void> add_file(ZipWriter& zip, std::string const& name, std::filesystem::path const& path)
{
    std::error_code missing;
    auto left = std::filesystem::file_size(path, missing);
    std::ifstream file(path, std::ios::binary);
    if (missing || !file) return Error{Errc::not_found, path.string() + ": there is no such file"};
    if (auto begun = zip.begin(name, left); !begun) return begun;
    std::array<char, 1 << 16> buffer;
    while (left > 0) {
        file.read(buffer.data(), static_cast<std::streamsize>(std::min<std::uintmax_t>(left, buffer.size())));
        auto const got = static_cast<std::size_t>(file.gcount());
        if (got == 0) throw std::runtime_error("cannot read all of " + path.string());
        if (auto written = zip.write({buffer.data(), got}); !written) return written;
        left -= got;
    }
    return {};
}

Result<void> pack(Output& output, std::vector<ZipSource> const& sources)
{
    ZipWriter writer(output);
    for (auto const& [name, bytes, file] : sources) {
        auto added = file.empty() ? add_bytes(writer, name, bytes) : add_file(writer, name, file);
        if (!added) return added;
    }
    return writer.finish();
}

} // namespace

Result<void> check_zip_names(std::vector<std::string> const& names)
{
    ZipNames known;
    for (auto const& name : names) {
        if (auto fit = known.add(name); !fit) return fit;
    }
    return {};
}

Result<void> write_zip(std::filesystem::path const& zip, std::vector<ZipSource> const& sources)
{
    std::vector<std::string> names;
    for (auto const& source : sources) names.push_back(source.name);
    if (auto fit = check_zip_names(names); !fit) return fit;
    auto next = zip;
    next += ".new";
    std::filesystem::remove(next); // a process that died here left it
    auto file = NewFile::create(next);
    if (!file) return file.error();
    Output output{std::move(*file)};
    if (auto packed = pack(output, sources); !packed) return packed;
    if (auto synced = output.file.sync(); !synced) return synced;
    rename_durably(next, zip);
    output.file.keep();
    return {};
}

} // namespace learning_loop
