#include "learning_loop/converter/conversion_folder.h"

#include "learning_loop/base/files.h"

namespace learning_loop {
namespace fs = std::filesystem;

Result<void> ConversionFolder::make_empty() const
{
    if (auto removed = remove(); !removed) return removed;
    return unless_disk_is_full([this]() -> Result<void> {
        fs::create_directories(source());
        fs::create_directories(target());
        return {};
    });
}

Result<void> ConversionFolder::remove() const
{
    std::error_code failure;
    do {
        fs::remove_all(folder_, failure);                      // a link is removed, never followed
    } while (failure == std::errc::no_such_file_or_directory); // a download that was cancelled removes its file, too
    if (failure) return Error{Errc::unavailable, folder_.string() + ": cannot be removed: " + failure.message()};
    return {};
}

bool ConversionFolder::is_almost_full() const
{
    constexpr std::uintmax_t little = 16 << 20;
    return free_bytes(folder_.parent_path()) < little;
}

} // namespace learning_loop
