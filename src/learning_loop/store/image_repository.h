#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/store/new_image.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop::store {

class BlobFiles;
class Database;
class DatabaseLanes;

/// The images of all projects, which are told by their numbers: their rows and their files.
class ImageRepository {
public:
    ImageRepository(DatabaseLanes& lanes, BlobFiles& files) : lanes_(lanes), files_(files) {}

    /// Keeps all of them or none; they are durable when it returns. An image that came before with the same body counts
    /// as kept. Returns how many are new. Errors: conflict if another body has the id of one of them; the message names
    /// it. out_of_space if the disk is full.
    Task<Result<int>> add(std::int64_t project, std::vector<NewImage> images);

    /// Returns those of the ids that the project does not have.
    Task<Result<std::vector<std::string>>> missing(std::int64_t project, std::vector<std::string> ids);

    struct Page {
        std::vector<std::string> ids;           ///< In the order of arrival.
        std::optional<std::int64_t> next_after; ///< Where the next page begins; absent on the last one.
    };
    /// Returns at most `count` ids that come after `after` (0: from the start).
    Task<Result<Page>> page(std::int64_t project, std::optional<ImageState> state, std::int64_t after, int count);

    /// Unknown ids are left out.
    Task<Result<std::vector<StoredImage>>> find(std::int64_t project, std::vector<std::string> ids);
    /// The last that came, the newest first.
    Task<Result<std::vector<StoredImage>>> newest(std::int64_t project, ImageState state, int count);

    struct File {
        std::filesystem::path path;
        std::string media_type;
        std::string hash;
    };
    Task<Result<std::optional<File>>> file(std::int64_t project, std::string id); ///< nullopt: there is no such image.

    /// How many images are in each state, also in those that have none.
    Task<Result<std::map<ImageState, std::int64_t>>> counts(std::int64_t project);

private:
    Result<int> add_now(Database& database, std::int64_t number, std::vector<NewImage> const& images);

    DatabaseLanes& lanes_;
    BlobFiles& files_; ///< Written to on the writer's lane only.
};

} // namespace learning_loop::store
