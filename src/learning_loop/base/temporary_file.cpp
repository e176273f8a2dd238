#include "learning_loop/base/temporary_file.h"

#include "learning_loop/base/ids.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace learning_loop {
namespace {

constexpr std::string_view beginning = "upload-";

Result<void> checked(bool done, std::filesystem::path const& file)
{
    if (done) return {};
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) {
        return Error{Errc::out_of_space,
                     "the disk that holds " + file.parent_path().string() + " is full: free some space"};
    }
    throw std::system_error(errno, std::generic_category(), "cannot write " + file.string());
}

} // namespace

Result<TemporaryFile> TemporaryFile::make(std::filesystem::path const& folder)
{
    auto path = folder / (std::string(beginning) + new_uuid());
    auto const descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (auto const made = checked(descriptor >= 0, path); !made) return made.error();
    return TemporaryFile(std::move(path), descriptor);
}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), descriptor_(std::exchange(other.descriptor_, -1))
{}

TemporaryFile& TemporaryFile::operator=(TemporaryFile&& other) noexcept
{
    if (this != &other) {
        give_up();
        path_ = std::exchange(other.path_, {});
        descriptor_ = std::exchange(other.descriptor_, -1);
    }
    return *this;
}

TemporaryFile::~TemporaryFile()
{
    give_up();
}

void TemporaryFile::give_up() noexcept
{
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!path_.empty()) ::unlink(path_.c_str()); // whoever renamed it away has emptied this name already
}

Result<void> TemporaryFile::append(std::string_view bytes)
{
    while (!bytes.empty()) {
        auto const written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return checked(false, path_);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> TemporaryFile::close()
{
    return checked(::close(std::exchange(descriptor_, -1)) == 0, path_);
}

void TemporaryFile::sweep(std::filesystem::path const& folder)
{
    std::error_code ignored; // what cannot be removed is in nobody's way
    for (auto const& entry : std::filesystem::directory_iterator(folder, ignored)) {
        if (entry.path().filename().string().starts_with(beginning)) std::filesystem::remove(entry.path(), ignored);
    }
}

} // namespace learning_loop
