#pragma once

#include "learning_loop/data/stored_image.h"

#include <optional>
#include <string>
#include <string_view>

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

} // namespace learning_loop::store
