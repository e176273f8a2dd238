#include "learning_loop/archive/impl/zip_input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace learning_loop {

Result<ZipInput> ZipInput::of_file(std::filesystem::path const& file)
{
    Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat facts {};
    if (!descriptor.is_open() || ::fstat(descriptor.get(), &facts) != 0)
        return Error{Errc::not_found, file.string() + ": " + std::generic_category().message(errno)};
    if (!S_ISREG(facts.st_mode)) return Error{Errc::not_found, file.string() + ": is no plain file"};
    return ZipInput(std::move(descriptor), static_cast<std::uint64_t>(facts.st_size));
}

std::size_t ZipInput::read(std::uint64_t offset, std::span<char> into) const
{
    if (offset >= size_bytes_) return 0;
    auto const wanted = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_bytes_ - offset));
    if (!file_.is_open()) {
        std::copy_n(bytes_.data() + offset, wanted, into.data());
        return wanted;
    }
    std::size_t got = 0;
    while (got < wanted) {
        auto const count = ::pread(file_.get(), into.data() + got, wanted - got, static_cast<off_t>(offset + got));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw std::system_error(errno, std::generic_category(), "cannot read a zip");
        if (count == 0) break; // it became shorter meanwhile
        got += static_cast<std::size_t>(count);
    }
    return got;
}

} // namespace learning_loop
