#include "learning_loop/base/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void throw_errno(char const* what, fs::path const& file)
{
    throw std::system_error(errno, std::generic_category(), std::string(what) + " " + file.string());
}

/// A full disk, a quota, or the longest file that this process may write.
bool is_short_of_space(int error)
{
    return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

class Descriptor {
public:
    Descriptor(fs::path const& file, int flags, mode_t mode = 0)
        : number_(::open(file.c_str(), flags | O_CLOEXEC, mode))
    {}
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    ~Descriptor()
    {
        if (number_ >= 0) ::close(number_);
    }

    int operator*() const { return number_; }
    bool opened() const { return number_ >= 0; }

private:
    int number_;
};

/// False with errno set when a write or the sync fails.
bool write_and_sync(int descriptor, std::string_view bytes)
{
    while (!bytes.empty()) {
        auto const written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fdatasync(descriptor) == 0;
}

/// The process that wrote itself into a lock's file, if that is what is there.
std::string holder_of(int descriptor)
{
    std::array<char, 20> text{};
    auto const length = ::pread(descriptor, text.data(), text.size(), 0);
    int process = 0;
    auto const end = text.data() + std::max<ssize_t>(length, 0);
    auto const [read_to, failure] = std::from_chars(text.data(), end, process);
    return failure == std::errc() && read_to == end ? "process " + std::to_string(process) : "another process";
}

void name_holder(int descriptor)
{
    auto const process = std::to_string(::getpid());
    if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, process.data(), process.size(), 0) < 0) {
        // Only the name in another's message is lost; the lock itself holds.
    }
}

} // namespace

Result<void> write_durably(fs::path const& file, std::string_view bytes)
{
    Descriptor const descriptor(file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644);
    bool const opened = descriptor.opened();
    if (opened && write_and_sync(*descriptor, bytes)) return {};
    if (!is_short_of_space(errno)) throw_errno("cannot write", file);
    if (opened) ::unlink(file.c_str());
    return Error{Errc::out_of_space,
                 "the disk that holds " + file.parent_path().string() + " is full: free some space"};
}

Result<void> replace_durably(fs::path const& file, std::string_view bytes)
{
    auto next = file;
    next += ".new";
    if (auto written = write_durably(next, bytes); !written) return written;
    rename_durably(next, file);
    return {};
}

void sync_folder(fs::path const& folder)
{
    Descriptor const descriptor(folder, O_RDONLY | O_DIRECTORY);
    if (!descriptor.opened() || ::fsync(*descriptor) != 0) throw_errno("cannot sync", folder);
}

void make_folder_durably(fs::path const& folder)
{
    if (fs::is_directory(folder)) return;
    make_folder_durably(folder.parent_path());
    fs::create_directory(folder);
    sync_folder(folder.parent_path());
}

void rename_durably(fs::path const& from, fs::path const& to)
{
    fs::rename(from, to);
    sync_folder(to.parent_path());
    if (from.parent_path() != to.parent_path()) sync_folder(from.parent_path());
}

Result<std::string> read_file(fs::path const& file, std::size_t max_bytes)
{
    Descriptor const descriptor(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK); // O_NONBLOCK: a FIFO must not hold us up
    struct stat status {};
    if (!descriptor.opened() && (errno == ENOENT || errno == ENOTDIR))
        return Error{Errc::not_found, file.string() + ": there is no such file"};
    if (!descriptor.opened() && errno == ELOOP) return Error{Errc::invalid_argument, file.string() + ": is a link"};
    if (!descriptor.opened() || ::fstat(*descriptor, &status) != 0) throw_errno("cannot read", file);
    if (!S_ISREG(status.st_mode)) return Error{Errc::invalid_argument, file.string() + ": is no plain file"};
    if (static_cast<std::size_t>(status.st_size) > max_bytes) {
        return Error{Errc::too_large, file.string() + ": is longer than " + std::to_string(max_bytes) + " bytes"};
    }
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t read = 0;
    while (read < bytes.size()) {
        auto const got = ::read(*descriptor, bytes.data() + read, bytes.size() - read);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw_errno("cannot read", file);
        if (got == 0) break;
        read += static_cast<std::size_t>(got);
    }
    bytes.resize(read);
    return bytes;
}

Result<void> unless_disk_is_full(std::function<Result<void>()> const& change)
{
    try {
        return change();
    } catch (std::system_error const& failure) {
        if (!is_short_of_space(failure.code().value())) throw;
        return Error{Errc::out_of_space, std::string(failure.what()) + ": free some space"};
    }
}

std::uintmax_t free_bytes(fs::path const& folder)
{
    return fs::space(folder).available;
}

Result<FolderLock> FolderLock::take(fs::path const& folder)
{
    auto const refusal = [&](std::string const& why) {
        return Error{Errc::invalid_argument,
                     "the data folder " + folder.string() + " " + why +
                         ": choose another with --data-folder (DATA_FOLDER) or give this user the right to it"};
    };
    try {
        make_folder_durably(fs::absolute(folder));
    } catch (std::system_error const& failure) {
        return refusal("cannot be made (" + failure.code().message() + ")");
    }
    int const descriptor = ::open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (descriptor < 0) return refusal("cannot be written (" + std::generic_category().message(errno) + ")");
    FolderLock lock(descriptor);
    if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) return refusal("cannot be read and written");

    bool const locked = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    if (!locked && errno != EWOULDBLOCK)
        return refusal("cannot be locked (" + std::generic_category().message(errno) + ")");
    if (!locked) {
        return Error{Errc::conflict, "the data folder " + folder.string() + " is in use by " + holder_of(descriptor) +
                                         ": end it, or choose another folder with --data-folder (DATA_FOLDER)"};
    }
    name_holder(descriptor);
    return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock::~FolderLock()
{
    if (descriptor_ >= 0) ::close(descriptor_);
}

} // namespace learning_loop
