#pragma once

#include "learning_loop/store/project_repository.h"
#include "learning_loop/store/stored_image.h"

#include <optional>
#include <string>
#include <string_view>

// One image and its rows. Blocking; for the jobs of ImageRepository.

namespace learning_loop::store {

/// An image that was checked and is to be kept.
struct NewImage {
    std::string id;         ///< A UUID in lower case: the idempotency key within the project.
    std::string name;       ///< What the sender calls it, for messages; printable.
    std::string_view bytes; ///< Must live until `ImageRepository::add` has answered.
    std::string media_type; ///< `image/jpeg` or `image/png`.
    int width_px = 0;       ///< Of the upright image.
    int height_px = 0;
    std::string image_hash; ///< Both hashes tell whether an id that is taken is this image come again.
    std::string metadata_hash;
    std::optional<ImageSet> set; ///< Absent: every fifth image, drawn by its id, is a test image.
    ImageMetadata metadata;
};

/// Inserts the image with its annotations, detections and tags; within a transaction. Categories without an id that the
/// project knows get it by their name; a name it does not know is kept as it is.
void insert_image(Database& database, Project const& project, NewImage const& image);

/// Nothing when the project has no such image.
std::optional<StoredImage> load_image(Database& database, std::int64_t project, std::string const& id);

} // namespace learning_loop::store
