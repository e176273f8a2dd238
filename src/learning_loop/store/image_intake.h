#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/store/blob_files.h"
#include "learning_loop/store/new_image.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace learning_loop::store {

class Database;
class DatabaseLanes;

/// Where images come in: their files and their rows. Projects are told by their numbers.
class ImageIntake {
public:
    /// Finishes what a crash left on its way. Blocks; nobody may use the lanes yet.
    ImageIntake(DatabaseLanes& lanes, BlobFiles& files);

    struct Added {
        int fresh = 0;    ///< Images that the project did not have.
        int repaired = 0; ///< That it had, but whose file was lost or cut.
        int removed = 0;  ///< That were deleted before: they are not kept.
    };
    /// Keeps all of them or none; they are durable when it returns. An image that came before with the same body counts
    /// as kept, and one that was deleted stays so. A mark of a category of another project is set aside with a remark.
    /// Errors: conflict if another body has the id of one of them; the message names it. not_found if the project was
    /// deleted meanwhile. out_of_space if the disk is full. unavailable if too much waits.
    Task<Result<Added>> add(std::int64_t project, std::vector<NewImage> images);

private:
    struct Batch;

    Task<Result<void>> find_wanted(std::shared_ptr<Batch> batch);
    Task<Result<void>> receive(std::shared_ptr<Batch> batch);
    Result<Added> insert(Database& database, std::shared_ptr<Batch> const& batch);
    bool is_being_placed(std::int64_t project, std::string const& id);
    void settle(Database& database) const;

    DatabaseLanes& lanes_;
    BlobFiles& files_;

    /// Whose rows this or an earlier job has inserted; the files move to their place once they are committed. To be
    /// used on the writing lane. // weak: a batch whose COMMIT failed is gone
    std::vector<std::weak_ptr<Batch>> placing_;

    /// Of a COMMIT whose sync failed, and which a start after a kill may find in the database's log: their files must
    /// be there then, for `settle`.
    BlobFiles::Received in_doubt_;
};

} // namespace learning_loop::store
