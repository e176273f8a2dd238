#include "learning_loop/detector/outbox/image_folder.h"

#include "learning_loop/base/text.h"
#include "learning_loop/detector/outbox/disk.h"

namespace learning_loop {

std::string image_file_name(std::string_view id, std::string_view extension)
{
    return "image_" + std::string(id) + std::string(extension);
}

Result<std::uint64_t> image_bytes_in(std::filesystem::path const& folder, Disk const& disk)
{
    std::uint64_t all = 0;
    for (auto const* extension : {".jpg", ".json"}) {
        auto const name = image_file_name(folder.filename().string(), extension);
        auto const bytes = disk.file_bytes(folder / name);
        if (!bytes) return Error{Errc::not_found, "there is no file " + printable(name)};
        if (*bytes == 0) return Error{Errc::not_found, printable(name) + " is empty"};
        all += *bytes;
    }
    return all;
}

} // namespace learning_loop
