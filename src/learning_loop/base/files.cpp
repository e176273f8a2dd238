#include "learning_loop/base/files.h"

#include "learning_loop/base/impl/disk_error.h"
#include "learning_loop/base/new_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

/// Errors: not_found if there is no such file. invalid_argument if it is a link.
Result<Descriptor> open_to_read(fs::path const& file)
{
    // O_NONBLOCK: a FIFO must not hold us up
    Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (descriptor.is_open()) return descriptor;
    if (errno == ENOENT || errno == ENOTDIR) return Error{Errc::not_found, file.string() + ": there is no such file"};
    if (errno == ELOOP) return Error{Errc::invalid_argument, file.string() + ": is a link"};
    impl::throw_errno("cannot read", file);
}

/// Up to `max_bytes` from the start.
std::string read_bytes(Descriptor const& descriptor, std::size_t max_bytes, fs::path const& file)
{
    std::string bytes(max_bytes, '\0');
    std::size_t read = 0;
    while (read < bytes.size()) {
        auto const got = ::read(descriptor.get(), bytes.data() + read, bytes.size() - read);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) impl::throw_errno("cannot read", file);
        if (got == 0) break;
        read += static_cast<std::size_t>(got);
    }
    bytes.resize(read);
    return bytes;
}

/// The process that wrote its id into a lock's file.
std::string holder_of(Descriptor const& lock)
{
    std::array<char, 20> text{};
    auto const length = ::pread(lock.get(), text.data(), text.size(), 0);
    int process = 0;
    auto const end = text.data() + std::max<ssize_t>(length, 0);
    auto const [read_to, failure] = std::from_chars(text.data(), end, process);
    return failure == std::errc() && read_to == end ? "process " + std::to_string(process) : "another process";
}

void write_holder(Descriptor const& lock)
{
    auto const process = std::to_string(::getpid());
    if (::ftruncate(lock.get(), 0) != 0 || ::pwrite(lock.get(), process.data(), process.size(), 0) < 0) {
        // Only the name in another's message is lost; the lock itself holds.
    }
}

std::string in_brackets(int error)
{
    return " (" + std::generic_category().message(error) + ")";
}

Error folder_refusal(fs::path const& folder, std::string const& why)
{
    return {Errc::invalid_argument, "the data folder " + folder.string() + " " + why +
                                        ": choose another with --data-folder (DATA_FOLDER) or give this user the "
                                        "right to it"};
}

/// The open file `.lock` of a folder that this user may read and write; the folder is made if it is missing.
Result<Descriptor> open_lock(fs::path const& folder)
{
    try {
        make_folder_durably(fs::absolute(folder));
    } catch (std::system_error const& failure) {
        return folder_refusal(folder, "cannot be made (" + failure.code().message() + ")");
    }
    Descriptor lock(::open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!lock.is_open()) return folder_refusal(folder, "cannot be written" + in_brackets(errno));
    if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) return folder_refusal(folder, "cannot be read and written");
    return lock;
}

} // namespace

Result<void> write_durably(fs::path const& path, std::string_view bytes)
{
    auto file = NewFile::create(path, NewFile::Existing::replace);
    if (!file) return file.error();
    if (auto const written = file->append(bytes); !written) return written;
    if (auto const synced = file->sync(); !synced) return synced;
    file->keep();
    return {};
}

Result<void> replace_durably(fs::path const& file, std::string_view bytes)
{
    auto next = file;
    next += ".new";
    if (auto written = write_durably(next, bytes); !written) return written;
    rename_durably(next, file);
    return {};
}

void sync_file(fs::path const& file)
{
    Descriptor const descriptor(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!descriptor.is_open() || ::fdatasync(descriptor.get()) != 0) impl::throw_errno("cannot sync", file);
}

void sync_folder(fs::path const& folder)
{
    Descriptor const descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!descriptor.is_open() || ::fsync(descriptor.get()) != 0) impl::throw_errno("cannot sync", folder);
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
    auto const descriptor = open_to_read(file);
    if (!descriptor) return descriptor.error();
    struct stat status {};
    if (::fstat(descriptor->get(), &status) != 0) impl::throw_errno("cannot read", file);
    if (!S_ISREG(status.st_mode)) return Error{Errc::invalid_argument, file.string() + ": is no plain file"};
    auto const size_bytes = static_cast<std::size_t>(status.st_size);
    if (size_bytes > max_bytes) {
        return Error{Errc::too_large, file.string() + ": is longer than " + std::to_string(max_bytes) + " bytes"};
    }
    return read_bytes(*descriptor, size_bytes, file);
}

bool has_length(fs::path const& file, std::int64_t bytes)
{
    std::error_code gone;
    auto const length = fs::file_size(file, gone);
    return !gone && std::cmp_equal(length, bytes);
}

Result<void> unless_disk_is_full(std::function<Result<void>()> const& change)
{
    try {
        return change();
    } catch (std::system_error const& failure) {
        if (!impl::is_short_of_space(failure.code().value())) throw;
        return Error{Errc::out_of_space, std::string(failure.what()) + ": free some space"};
    }
}

std::uintmax_t free_bytes(fs::path const& folder)
{
    return fs::space(folder).available;
}

Result<FolderLock> FolderLock::take(fs::path const& folder)
{
    auto lock = open_lock(folder);
    if (!lock) return lock.error();
    bool const is_locked = ::flock(lock->get(), LOCK_EX | LOCK_NB) == 0;
    if (!is_locked && errno != EWOULDBLOCK) return folder_refusal(folder, "cannot be locked" + in_brackets(errno));
    if (!is_locked) {
        return Error{Errc::conflict, "the data folder " + folder.string() + " is in use by " + holder_of(*lock) +
                                         ": end it, or choose another folder with --data-folder (DATA_FOLDER)"};
    }
    write_holder(*lock);
    return FolderLock(std::move(*lock));
}

} // namespace learning_loop
