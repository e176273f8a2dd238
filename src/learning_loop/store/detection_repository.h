#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/detections.h"
#include "learning_loop/data/remark.h"

#include <cstdint>
#include <string>
#include <vector>

namespace learning_loop::store {

class DatabaseLanes;

/// What a model found in one image, and what of it made no sense.
struct FoundInImage {
    Detections detections; ///< With the image's id.
    Remarks remarks;
};

/// What models found in the images of a project, which is told by its number.
class DetectionRepository {
public:
    explicit DetectionRepository(DatabaseLanes& lanes) : lanes_(lanes) {}

    /// The size of an image that the project has.
    struct Known {
        std::string id;
        int width_px = 0;
        int height_px = 0;
    };
    /// Images that the project does not have are left out.
    Task<Result<std::vector<Known>>> find_images(std::int64_t project, std::vector<std::string> ids);

    /// Replaces what the same models found in these images before, and adds the remarks to theirs. If all is of one
    /// model, that found nothing in the images without a detection. An image that the project does not have is left
    /// out. Some images at a time, so that others need not wait for all of them: a failure may leave the first ones
    /// replaced. Returns how many images were. Errors: not_found if the project was deleted; out_of_space.
    Task<Result<std::int64_t>> replace(std::int64_t project, std::vector<FoundInImage> found);

private:
    DatabaseLanes& lanes_;
};

} // namespace learning_loop::store
