#include "learning_loop/http/client/impl/form_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace learning_loop::http {
namespace {

Error cannot_read(std::filesystem::path const& file, int error)
{
    bool const is_short_of_descriptors = error == EMFILE || error == ENFILE || error == ENOMEM;
    return {is_short_of_descriptors ? Errc::unavailable : Errc::not_found,
            file.string() + ": cannot be read: " + std::generic_category().message(error)};
}

Result<Descriptor> open_plain_file(std::filesystem::path const& file)
{
    // O_NONBLOCK: a FIFO must not hold us up
    Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!descriptor.is_open()) return cannot_read(file, errno);
    return descriptor;
}

Result<std::uint64_t> length_of(std::filesystem::path const& file)
{
    auto const descriptor = open_plain_file(file);
    if (!descriptor) return descriptor.error();
    struct stat status {};
    if (::fstat(descriptor->get(), &status) != 0) return cannot_read(file, errno);
    if (!S_ISREG(status.st_mode)) return Error{Errc::not_found, file.string() + ": is no plain file"};
    return static_cast<std::uint64_t>(status.st_size);
}

} // namespace

Result<void> FormFile::set(curl_mimepart* part, std::filesystem::path const& file, std::optional<Error>& refusal)
{
    auto const bytes = length_of(file);
    if (!bytes) return bytes.error();
    std::unique_ptr<FormFile> content(new FormFile(file, *bytes, refusal));
    auto const code = curl_mime_data_cb(part, static_cast<curl_off_t>(*bytes), &on_read, &on_seek, &on_free,
                                        static_cast<void*>(content.get()));
    if (code != CURLE_OK) return Error{Errc::unavailable, file.string() + ": " + curl_easy_strerror(code)};
    content.release(); // the part frees it
    return {};
}

std::size_t FormFile::on_read(char* data, std::size_t, std::size_t bytes, void* self) noexcept
{
    auto& file = *static_cast<FormFile*>(self);
    auto const read = file.read(data, bytes);
    if (read) return *read;
    file.refusal_ = read.error();
    return CURL_READFUNC_ABORT;
}

Result<std::size_t> FormFile::read(char* data, std::size_t bytes)
{
    auto const left = bytes_ - offset_; // as long as was told, also if somebody appends to it
    if (left == 0) {
        descriptor_ = Descriptor();
        return std::size_t{0};
    }
    if (!descriptor_.is_open()) {
        auto opened = open_plain_file(file_);
        if (!opened) return opened.error();
        descriptor_ = std::move(*opened);
    }
    auto const read =
        ::pread(descriptor_.get(), data, std::min<std::uint64_t>(bytes, left), static_cast<off_t>(offset_));
    if (read < 0) return cannot_read(file_, errno);
    if (read == 0) return Error{Errc::not_found, file_.string() + ": has become shorter"};
    offset_ += static_cast<std::uint64_t>(read);
    return static_cast<std::size_t>(read);
}

int FormFile::on_seek(void* self, curl_off_t offset, int origin) noexcept
{
    auto& file = *static_cast<FormFile*>(self);
    if (origin != SEEK_SET || offset < 0 || static_cast<std::uint64_t>(offset) > file.bytes_) return CURL_SEEKFUNC_FAIL;
    file.offset_ = static_cast<std::uint64_t>(offset);
    return CURL_SEEKFUNC_OK;
}

void FormFile::on_free(void* self) noexcept
{
    std::unique_ptr<FormFile> const freed(static_cast<FormFile*>(self));
}

} // namespace learning_loop::http
