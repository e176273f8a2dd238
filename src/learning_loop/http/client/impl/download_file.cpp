#include "learning_loop/http/client/impl/download_file.h"

#include "learning_loop/base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace learning_loop::http {
namespace {

Error disk_error(std::filesystem::path const& file, int number)
{
    bool const is_full = number == ENOSPC || number == EDQUOT || number == EFBIG;
    if (is_full) return {Errc::out_of_space, file.string() + ": the disk is full: free some space"};
    return {Errc::unavailable, file.string() + ": " + std::generic_category().message(number)};
}

} // namespace

Result<std::shared_ptr<DownloadFile>> DownloadFile::create(std::filesystem::path const& target)
{
    auto part = target;
    part += ".part";
    int const descriptor = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (descriptor < 0) return disk_error(part, errno);
    // shared: by the call and by its transfer, and a cancelled call may be the first to go
    return std::shared_ptr<DownloadFile>(new DownloadFile(target, std::move(part), descriptor));
}

Result<void> DownloadFile::append(std::string_view bytes)
{
    while (!bytes.empty()) {
        auto const written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return disk_error(part_, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
        bytes_ += static_cast<std::uint64_t>(written);
    }
    return {};
}

Result<void> DownloadFile::restart()
{
    if (bytes_ > 0 && (::ftruncate(descriptor_, 0) != 0 || ::lseek(descriptor_, 0, SEEK_SET) != 0))
        return disk_error(part_, errno);
    bytes_ = 0;
    total = 0;
    etag.clear();
    return {};
}

Result<void> DownloadFile::keep()
{
    bool const is_on_disk = ::fdatasync(descriptor_) == 0;
    if (!is_on_disk) return disk_error(part_, errno);
    ::close(std::exchange(descriptor_, -1));
    try {
        rename_durably(part_, target_);
    } catch (std::system_error const& failure) {
        ::unlink(part_.c_str());
        return disk_error(target_, failure.code().value());
    }
    return {};
}

void DownloadFile::discard()
{
    if (descriptor_ < 0) return;
    ::close(std::exchange(descriptor_, -1));
    ::unlink(part_.c_str());
}

} // namespace learning_loop::http
