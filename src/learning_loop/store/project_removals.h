#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/pool.h"
#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <filesystem>
#include <set>

namespace learning_loop::store {

class DatabaseLanes;
class FileRemovals;

/// Deletes projects: at once for everybody who asks, and then, bit by bit, their rows and files. To be used on the io
/// thread.
class ProjectRemovals {
public:
    ProjectRemovals(DatabaseLanes& lanes, FileRemovals& files, std::filesystem::path data_folder,
                    boost::asio::any_io_executor executor)
        : lanes_(lanes), files_(files), data_folder_(std::move(data_folder)), pause_(std::move(executor))
    {}

    /// From now on nobody finds the project, its name is free, and its models, detectors and tokens are gone; `run`
    /// does the rest. With `keep_images` the files of its images are moved to `set_aside/<time>/<organization>/<name>`
    /// instead of being removed. Errors: not_found if it was deleted already; out_of_space.
    Task<Result<void>> begin(std::int64_t project, bool keep_images);

    /// Removes what is left of deleted projects, also of those that an earlier process left, and, from then on, of
    /// those that come. Runs until it is cancelled.
    Task<> run();

private:
    struct Removed;

    Task<Result<void>> remove_all();
    Task<Result<void>> remove(Removed project);
    Task<Result<bool>> set_images_aside(Removed project);

    DatabaseLanes& lanes_;
    FileRemovals& files_;
    std::filesystem::path data_folder_;
    Pause pause_;
    std::set<std::int64_t> failed_; ///< Projects whose images cannot be set aside: tried again by the next process.
    Lane moving_{"the deletion of projects"};
};

} // namespace learning_loop::store
