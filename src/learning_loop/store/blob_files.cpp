#include "learning_loop/store/blob_files.h"

#include "learning_loop/async/all.h"
#include "learning_loop/base/files.h"
#include "learning_loop/base/hash.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"

#include <algorithm>

namespace learning_loop::store {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t slices = 4; // more files at once cost more than they save

/// `<project>_<id>_`, which a number follows.
std::string name_of(std::int64_t project, std::string_view id)
{
    return std::to_string(project) + "_" + std::string(id) + "_";
}

std::optional<BlobFiles::Unsettled> unsettled_in(fs::path const& file)
{
    auto const name = file.filename().string();
    auto const parts = parts_of(name, '_');
    if (parts.size() != 3) return std::nullopt;
    auto const project = parse_whole_number(parts[0]);
    if (!project || !is_uuid(parts[1])) return std::nullopt;
    return BlobFiles::Unsettled{static_cast<std::int64_t>(*project), std::string(parts[1]), file};
}

} // namespace

BlobFiles::BlobFiles(fs::path const& root, std::uint64_t min_free_bytes)
    : root_(fs::absolute(root)), min_free_bytes_(min_free_bytes), incoming_(root_ / ".incoming")
{
    make_folder_durably(incoming_);
}

fs::path BlobFiles::path_of(std::string_view folder, std::string_view id) const
{
    return path_in(root_, folder, id);
}

fs::path BlobFiles::path_in(fs::path const& root, std::string_view folder, std::string_view id)
{
    auto const digits = hex(sha256(id)).substr(0, 2); // of a hash: the ids of one hour begin alike
    return root / folder / digits / id;
}

Result<void> BlobFiles::check_room(std::vector<Blob> const& blobs) const
{
    std::uint64_t wanted = 0;
    for (auto const& blob : blobs) wanted += blob.file ? 0 : blob.bytes.size();
    if (min_free_bytes_ == 0 || free_bytes(root_) >= min_free_bytes_ + wanted) return {};
    return Error{Errc::out_of_space, "the disk that holds the images is almost full: free some space"};
}

Result<std::shared_ptr<NewFile>> BlobFiles::write(Blob const& blob, fs::path const& file)
{
    if (blob.file) {
        blob.file->move_to(file);
        sync_file(file);
        return blob.file;
    }
    auto made = NewFile::create(file, NewFile::Existing::refuse, 0600);
    if (!made) return made.error();
    if (auto const written = made->append(blob.bytes); !written) return written.error();
    if (auto const synced = made->sync(); !synced) return synced.error();
    return std::make_shared<NewFile>(std::move(*made)); // shared: with the jobs
}

Result<BlobFiles::Received> BlobFiles::write_slice(std::vector<Blob> const& blobs,
                                                   std::vector<fs::path> const& files) const
{
    if (auto const room = check_room(blobs); !room) return room.error();
    Received received;
    auto const written = unless_disk_is_full([&]() -> Result<void> {
        for (std::size_t i = 0; i < blobs.size(); ++i) {
            auto file = write(blobs[i], files[i]);
            if (!file) return file.error();
            received.push_back(std::move(*file));
        }
        sync_folder(incoming_); // once for each slice: all but the first find nothing to do
        return {};
    });
    if (!written) return written.error();
    return received;
}

Task<Result<BlobFiles::Received>> BlobFiles::receive(std::int64_t project, std::vector<Blob> blobs)
{
    std::vector<Task<Result<Received>>> writing;
    auto const length = std::max<std::size_t>(1, (blobs.size() + slices - 1) / slices);
    for (std::size_t first = 0; first < blobs.size(); first += length) {
        auto const begin = blobs.begin() + static_cast<std::ptrdiff_t>(first);
        auto const end = blobs.begin() + static_cast<std::ptrdiff_t>(std::min(first + length, blobs.size()));
        std::vector<Blob> slice(begin, end);
        std::vector<fs::path> files;
        for (auto const& blob : slice)
            files.push_back(incoming_ / (name_of(project, blob.id) + std::to_string(next_++)));
        auto job = [this, slice = std::move(slice), files = std::move(files)] { return write_slice(slice, files); };
        writing.push_back(writing_.run(std::move(job)));
    }
    auto written = co_await all(std::move(writing));
    Received received;
    for (auto& slice : written) {
        if (!slice) co_return slice.error();
        std::move(slice->begin(), slice->end(), std::back_inserter(received));
    }
    co_return received;
}

void BlobFiles::put_in_place(NewFile& received, fs::path const& place) noexcept
{
    received.keep(); // whatever happens now: its row is there
    try {
        make_folder_durably(place.parent_path());
        received.move_to(place);
    } catch (std::exception const& failure) {
        tell_it_stays(failure);
    }
}

void BlobFiles::sync_places(std::set<fs::path> const& folders) noexcept
{
    for (auto const& folder : folders) {
        try {
            sync_folder(folder);
        } catch (std::exception const& failure) {
            log::error("names of images may not outlast a power cut: {}", failure.what());
        }
    }
}

fs::path BlobFiles::waiting_of(std::int64_t project, std::string_view id) const
{
    auto const name = name_of(project, id);
    for (auto const& entry : fs::directory_iterator(incoming_)) {
        if (entry.path().filename().string().starts_with(name)) return entry.path();
    }
    return {};
}

void BlobFiles::settle(std::function<fs::path(Unsettled const&)> const& place_of)
{
    std::vector<fs::path> left;
    for (auto const& entry : fs::directory_iterator(incoming_)) left.push_back(entry.path());
    for (auto const& file : left) {
        auto const unsettled = unsettled_in(file);
        auto const place = unsettled ? place_of(*unsettled) : fs::path();
        if (place.empty()) {
            fs::remove_all(file);
            continue;
        }
        try {
            make_folder_durably(place.parent_path());
            rename_durably(file, place);
        } catch (fs::filesystem_error const& failure) {
            tell_it_stays(failure);
        }
    }
}

void BlobFiles::tell_it_stays(std::exception const& failure) const
{
    log::error("an image stays in {}: {}", incoming_.string(), failure.what());
}

} // namespace learning_loop::store
