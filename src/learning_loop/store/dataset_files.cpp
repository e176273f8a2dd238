#include "learning_loop/store/dataset_files.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/ids.h"

namespace learning_loop::store {

DatasetFiles::DatasetFiles(std::filesystem::path root, std::uint64_t min_free_bytes)
    : root_(std::move(root)), begun_(root_ / ".begun"), min_free_bytes_(min_free_bytes)
{
    std::filesystem::remove_all(begun_);
    std::filesystem::create_directories(begun_);
}

Result<void> DatasetFiles::Draft::append(std::string_view line)
{
    constexpr std::string_view end = "\n";
    for (auto const part : {line, end}) {
        sum_.add(part);
        if (auto const appended = file_.append(part); !appended) return appended;
    }
    return {};
}

Result<DatasetFiles::Draft> DatasetFiles::begin() const
{
    if (min_free_bytes_ != 0 && free_bytes(root_) < min_free_bytes_)
        return Error{Errc::out_of_space, "the disk that holds the datasets is almost full: free some space"};
    auto file = NewFile::create(begun_ / new_uuid());
    if (!file) return file.error();
    return Draft(std::move(*file));
}

Result<std::string> DatasetFiles::finish(Draft draft, std::string_view folder) const
{
    auto hash = hex(draft.sum_.finish());
    auto const path = path_of(folder, hash);
    auto const kept = unless_disk_is_full([&]() -> Result<void> {
        if (std::filesystem::exists(path)) return {};
        make_folder_durably(path.parent_path());
        if (auto const synced = draft.file_.sync(); !synced) return synced;
        draft.file_.move_to(path);
        draft.file_.keep();
        sync_folder(path.parent_path());
        return {};
    });
    if (!kept) return kept.error();
    return hash;
}

std::filesystem::path DatasetFiles::path_of(std::string_view folder, std::string_view hash) const
{
    return path_in(root_, folder, hash);
}

std::filesystem::path DatasetFiles::path_in(std::filesystem::path const& root, std::string_view folder,
                                            std::string_view hash)
{
    return root / folder / (std::string(hash) + ".jsonl");
}

} // namespace learning_loop::store
