#include "learning_loop/archive/impl/new_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace learning_loop {

NewFile::NewFile(std::filesystem::path path)
    : path_(std::move(path)),
      descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644))
{
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "cannot make " + path_.string());
}

NewFile::NewFile(NewFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      kept_(std::exchange(other.kept_, true))
{}

NewFile::~NewFile()
{
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!kept_) ::unlink(path_.c_str());
}

Result<void> NewFile::append(std::string_view bytes)
{
    while (!bytes.empty()) {
        auto const written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed("cannot write ");
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> NewFile::sync()
{
    if (::fdatasync(descriptor_) != 0) return failed("cannot sync ");
    ::close(std::exchange(descriptor_, -1));
    return {};
}

Result<void> NewFile::failed(char const* what) const
{
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) {
        return Error{Errc::out_of_space,
                     "the disk that holds " + path_.parent_path().string() + " is full: free some space"};
    }
    throw std::system_error(errno, std::generic_category(), what + path_.string());
}

} // namespace learning_loop
