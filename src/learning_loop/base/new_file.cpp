#include "learning_loop/base/new_file.h"

#include "learning_loop/base/impl/disk_error.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace learning_loop {

Result<NewFile> NewFile::create(std::filesystem::path path, Existing existing, unsigned mode)
{
    int const if_it_exists = existing == Existing::replace ? O_TRUNC : O_EXCL;
    Descriptor descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | if_it_exists | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!descriptor.is_open()) return impl::disk_error("cannot make", path);
    return NewFile(std::move(path), std::move(descriptor));
}

NewFile::NewFile(std::filesystem::path path, Descriptor descriptor)
    : path_(std::move(path)), descriptor_(std::move(descriptor))
{}

NewFile::NewFile(NewFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::move(other.descriptor_)),
      size_bytes_(other.size_bytes_),
      is_kept_(std::exchange(other.is_kept_, true))
{}

NewFile& NewFile::operator=(NewFile&& other) noexcept
{
    if (this == &other) return *this;
    remove();
    path_ = std::move(other.path_);
    descriptor_ = std::move(other.descriptor_);
    size_bytes_ = other.size_bytes_;
    is_kept_ = std::exchange(other.is_kept_, true);
    return *this;
}

NewFile::~NewFile()
{
    remove();
}

void NewFile::remove() noexcept
{
    descriptor_ = Descriptor();
    if (!is_kept_) ::unlink(path_.c_str());
}

Result<void> NewFile::append(std::string_view bytes)
{
    while (!bytes.empty()) {
        auto const written = ::write(descriptor_.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return impl::disk_error("cannot write", path_);
        bytes.remove_prefix(static_cast<std::size_t>(written));
        size_bytes_ += static_cast<std::uint64_t>(written);
    }
    return {};
}

void NewFile::truncate()
{
    bool const is_empty = ::ftruncate(descriptor_.get(), 0) == 0 && ::lseek(descriptor_.get(), 0, SEEK_SET) == 0;
    if (!is_empty) impl::throw_errno("cannot empty", path_);
    size_bytes_ = 0;
}

Result<void> NewFile::sync()
{
    if (::fdatasync(descriptor_.get()) != 0) return impl::disk_error("cannot sync", path_);
    descriptor_ = Descriptor();
    return {};
}

void NewFile::begin_writeback()
{
    if (::sync_file_range(descriptor_.get(), 0, 0, SYNC_FILE_RANGE_WRITE) != 0) {
        // Only a hint: whoever syncs the file waits for its bytes, and is told what is wrong.
    }
}

Result<void> NewFile::close()
{
    if (::close(descriptor_.release()) != 0) return impl::disk_error("cannot write", path_);
    return {};
}

void NewFile::move_to(std::filesystem::path path)
{
    std::filesystem::rename(path_, path);
    path_ = std::move(path);
}

} // namespace learning_loop
