#include "learning_loop/store/blob_files.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/hash.h"

#include <set>

namespace learning_loop::store {
namespace fs = std::filesystem;
namespace {

void remove_content(fs::path const& folder)
{
    for (auto const& entry : fs::directory_iterator(folder)) fs::remove_all(entry.path());
}

} // namespace

BlobFiles::BlobFiles(fs::path const& root, std::uint64_t min_free_bytes)
    : root_(fs::absolute(root)), min_free_bytes_(min_free_bytes), incoming_(root_ / ".incoming")
{
    make_folder_durably(incoming_);
    remove_content(incoming_);
}

fs::path BlobFiles::path_of(std::string_view organization, std::string_view project, std::string_view id) const
{
    return path_in(root_, organization, project, id);
}

fs::path BlobFiles::path_in(fs::path const& root, std::string_view organization, std::string_view project,
                            std::string_view id)
{
    auto const digits = hex(sha256(id)).substr(0, 2); // of a hash: the ids of one hour begin alike
    return root / organization / project / digits / id;
}

Result<void> BlobFiles::put(std::vector<Blob> const& blobs)
{
    std::uint64_t wanted = 0;
    for (auto const& blob : blobs) wanted += blob.bytes.size();
    if (min_free_bytes_ != 0 && free_bytes(root_) < min_free_bytes_ + wanted)
        return Error{Errc::out_of_space, "the disk that holds the images is almost full: free some space"};
    auto const put = unless_disk_is_full([&] { return put_now(blobs); });
    if (!put) remove_content(incoming_);
    return put;
}

Result<void> BlobFiles::put_now(std::vector<Blob> const& blobs)
{
    for (std::size_t i = 0; i < blobs.size(); ++i) {
        if (auto written = write_durably(incoming_ / std::to_string(i), blobs[i].bytes); !written) return written;
    }
    std::set<fs::path> folders;
    for (auto const& blob : blobs) folders.insert(blob.path.parent_path());
    for (auto const& folder : folders) make_folder_durably(folder);
    for (std::size_t i = 0; i < blobs.size(); ++i) fs::rename(incoming_ / std::to_string(i), blobs[i].path);
    for (auto const& folder : folders) sync_folder(folder);
    return {};
}

} // namespace learning_loop::store
