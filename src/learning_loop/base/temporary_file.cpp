#include "learning_loop/base/temporary_file.h"

#include "learning_loop/base/ids.h"

#include <string>
#include <string_view>
#include <system_error>

namespace learning_loop {
namespace {

constexpr std::string_view name_prefix = "upload-";

} // namespace

Result<NewFile> make_temporary_file(std::filesystem::path const& folder)
{
    return NewFile::create(folder / (std::string(name_prefix) + new_uuid()), NewFile::Existing::refuse, 0600);
}

void remove_temporary_files(std::filesystem::path const& folder)
{
    std::error_code ignored; // what cannot be removed is in nobody's way
    for (auto const& entry : std::filesystem::directory_iterator(folder, ignored)) {
        if (entry.path().filename().string().starts_with(name_prefix)) std::filesystem::remove(entry.path(), ignored);
    }
}

} // namespace learning_loop
