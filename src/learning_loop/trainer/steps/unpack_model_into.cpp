#include "learning_loop/trainer/steps/unpack_model_into.h"

#include "learning_loop/archive/zip.h"
#include "learning_loop/base/files.h"

#include <functional>
#include <string>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

Result<void> unpack_staged(fs::path const& zip, fs::path const& folder, std::string const& description)
{
    fs::path const stage = folder.string() + ".new";
    return unless_disk_is_full([&]() -> Result<void> {
        fs::remove_all(stage);
        fs::create_directory(stage);
        if (auto const unpacked = unpack_zip(zip, stage); !unpacked) return unpacked;
        if (fs::exists(stage / "model.json")) rename_durably(stage / "model.json", stage / description);
        fs::remove_all(folder);
        rename_durably(stage, folder);
        fs::remove(zip);
        return {};
    });
}

} // namespace

Result<void> unpack_model_into(fs::path const& zip, fs::path const& folder)
{
    return unpack_staged(zip, folder, "model.json");
}

Result<void> unpack_base_model_into(fs::path const& zip, fs::path const& folder)
{
    return unpack_staged(zip, folder, "base_model.json");
}

} // namespace learning_loop
