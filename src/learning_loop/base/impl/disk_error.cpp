#include "learning_loop/base/impl/disk_error.h"

#include <cerrno>
#include <system_error>

namespace learning_loop::impl {

bool is_short_of_space(int error)
{
    return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

void throw_errno(char const* what, std::filesystem::path const& file)
{
    throw std::system_error(errno, std::generic_category(), std::string(what) + " " + file.string());
}

Error disk_error(char const* what, std::filesystem::path const& file)
{
    if (!is_short_of_space(errno)) throw_errno(what, file);
    return {Errc::out_of_space, "the disk that holds " + file.parent_path().string() + " is full: free some space"};
}

} // namespace learning_loop::impl
