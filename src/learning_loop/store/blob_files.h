#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/base/new_file.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop::store {

/// Where images lie: `<root>/<the project's folder>/<two digits>/<id>`, some hundred folders a project, so that none
/// grows long.
///
/// An image comes in three steps: its file is made durable in a folder of what comes in, under a name that tells its
/// project and id; its row is committed; the file is moved to its place. After a kill or a power cut it has one of both
/// names, and `settle` finishes what was begun: no file is ever without a row.
class BlobFiles {
public:
    /// Makes the folder. `min_free_bytes` of the disk are left free. Blocks.
    explicit BlobFiles(std::filesystem::path const& root, std::uint64_t min_free_bytes = 0);

    /// `folder` is the project's. Callers must have checked the id with `is_uuid`: it becomes a path.
    std::filesystem::path path_of(std::string_view folder, std::string_view id) const;

    /// The same for any root.
    static std::filesystem::path path_in(std::filesystem::path const& root, std::string_view folder,
                                         std::string_view id);

    struct Blob {
        std::string id;
        std::string_view bytes;        ///< Must live until `receive` has answered.
        std::shared_ptr<NewFile> file; ///< Where the bytes lie instead, on the same disk. // shared: with the jobs
    };
    using Received = std::vector<std::shared_ptr<NewFile>>; ///< Removed with the last that holds them, until placed.

    /// Makes the images of a project, which is told by its number, durable side by side. In the order of the blobs.
    /// Errors: out_of_space if the disk is full, or would be; unavailable if too much waits.
    Task<Result<Received>> receive(std::int64_t project, std::vector<Blob> blobs);

    /// Moves a file to its place, once its row is committed. If that fails, which is logged, the file stays where
    /// `waiting_of` finds it. Its new name is durable after `sync_places`. Blocks; to be called on the database's
    /// writing lane.
    void put_in_place(NewFile& received, std::filesystem::path const& place) noexcept;

    /// Makes the names durable that files got in these folders: not every file system moves a file at once. A failure
    /// is logged. Blocks.
    static void sync_places(std::set<std::filesystem::path> const& folders) noexcept;

    /// A file that could not be moved to its place. Blocks; to be called as `put_in_place`. Empty if there is none.
    std::filesystem::path waiting_of(std::int64_t project, std::string_view id) const;

    /// What a crash left on its way.
    struct Unsettled {
        std::int64_t project = 0;
        std::string id;
        std::filesystem::path file;
    };
    /// Asks for each file that was left where its place is, and moves it there; an empty path: it is removed. One that
    /// can't be moved, as on a full disk, stays as `put_in_place` tells. Blocks; to be called before anything is
    /// received.
    void settle(std::function<std::filesystem::path(Unsettled const&)> const& place_of);

private:
    static Result<std::shared_ptr<NewFile>> write(Blob const& blob, std::filesystem::path const& file);
    Result<Received> write_slice(std::vector<Blob> const& blobs, std::vector<std::filesystem::path> const& files) const;
    Result<void> check_room(std::vector<Blob> const& blobs) const;
    void tell_it_stays(std::exception const& failure) const;

    std::filesystem::path root_;
    std::uint64_t min_free_bytes_;
    std::filesystem::path incoming_; ///< No organization has a name like that.
    std::atomic<std::uint64_t> next_ = 0;
    Pool writing_{"the image files", 8, 10'000};
};

} // namespace learning_loop::store
