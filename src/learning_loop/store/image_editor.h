#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/annotations.h"
#include "learning_loop/data/stored_image.h"
#include "learning_loop/data/user_input.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop::store {

class DatabaseLanes;
class FileRemovals;

/// What is to become of some images. Absent and empty: it stays.
struct ImageChange {
    std::optional<ImageState> state;
    std::optional<ImageSet> set;
    std::vector<std::string> add_tags;
    std::vector<std::string> remove_tags;
};

/// Changes images of a project, which is told by its number. All of a call happens or nothing. Errors of all of these:
/// not_found if the project has no such image, or was deleted; the message names the id. out_of_space.
class ImageEditor {
public:
    ImageEditor(DatabaseLanes& lanes, FileRemovals& files) : lanes_(lanes), files_(files) {}

    Task<Result<void>> change(std::int64_t project, std::vector<std::string> ids, ImageChange change);

    /// They are gone for good: whoever sends one of them again under its old id is told that it is kept, but it is not.
    Task<Result<void>> remove(std::int64_t project, std::vector<std::string> ids);

    struct Replaced {
        std::int64_t revision = 0; ///< The new one.
        bool is_outdated = false;  ///< Nothing was changed, since the image is of another revision than the wanted one.
    };
    /// Replaces all annotations of an image. `revision`: only if it is of this one. `who` did it.
    Task<Result<Replaced>> replace_annotations(std::int64_t project, std::string id, Annotations annotations,
                                               std::optional<std::int64_t> revision, std::string who);

    /// Adds a shape to the annotations of its image, or puts it in the place of the one with that id. `who` did it.
    /// Errors: also unprocessable if the shape has no three points, or the project has no such category of
    /// segmentations.
    Task<Result<void>> put_segmentation(std::int64_t project, SegmentationAnnotation annotation, std::string who);

    /// By the id. Images that the project does not have are left out; returns how many it has.
    Task<Result<std::int64_t>> set_novelty(std::int64_t project, std::map<std::string, double> novelty);

private:
    DatabaseLanes& lanes_;
    FileRemovals& files_; ///< Woken when files have lost their rows.
};

} // namespace learning_loop::store
