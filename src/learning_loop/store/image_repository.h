#pragma once

#include "learning_loop/store/blob_files.h"
#include "learning_loop/store/image_rows.h"

#include <map>

namespace learning_loop::store {

/// The images of all projects: their rows and their files.
class ImageRepository {
public:
    ImageRepository(DatabaseLanes& lanes, BlobFiles& files) : lanes_(lanes), files_(files) {}

    /// Keeps all of them or, on an error, none; durable when it returns. An image that came before with the same body
    /// counts as kept. conflict: an id is taken by another body; the message names it. Answers how many are new.
    Task<Result<int>> add(Project project, std::vector<NewImage> images);

    /// Those of the ids that the project does not have.
    Task<Result<std::vector<std::string>>> missing(Project project, std::vector<std::string> ids);

    struct Page {
        std::vector<std::string> ids;           ///< In the order of arrival.
        std::optional<std::int64_t> next_after; ///< Where the next page begins; absent on the last one.
    };
    /// At most `count` ids that come after `after` (0: from the start).
    Task<Result<Page>> page(Project project, std::optional<ImageState> state, std::int64_t after, int count);

    Task<Result<std::vector<StoredImage>>> find(Project project,
                                                std::vector<std::string> ids); ///< Unknown ids are left out.
    Task<Result<std::vector<StoredImage>>> newest(Project project, ImageState state, int count);

    struct File {
        std::filesystem::path path;
        std::string media_type;
        std::string hash;
    };
    Task<Result<File>> file(Project project, std::string id); ///< not_found

    Task<Result<std::map<ImageState, std::int64_t>>> counts(Project project); ///< Of every state, also of an empty one.

private:
    Result<int> add_now(Database& database, Project const& project, std::vector<NewImage> const& images);

    DatabaseLanes& lanes_;
    BlobFiles& files_; ///< Written to on the writer's lane only.
};

} // namespace learning_loop::store
