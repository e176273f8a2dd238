#pragma once

#include "learning_loop/base/new_file.h"
#include "learning_loop/data/annotations.h"
#include "learning_loop/data/stored_image.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop::store {

/// An image that was checked and is to be kept.
struct NewImage {
    std::string id;                ///< A UUID in lower case: the idempotency key within the project.
    std::string name;              ///< What the sender calls it, for messages; printable.
    std::string_view bytes;        ///< Must live until `ImageIntake::add` has answered. Empty if there is a file.
    std::shared_ptr<NewFile> file; ///< Where the bytes lie, if they are not in memory. // shared: with the jobs
    std::int64_t size_bytes = 0;
    std::string media_type; ///< `image/jpeg` or `image/png`.
    int width_px = 0;       ///< Of the upright image.
    int height_px = 0;
    Pixels pixels = Pixels::unchecked;
    std::string image_hash; ///< Both hashes tell whether an id that is taken is this image come again.
    std::string metadata_hash;
    std::optional<ImageSet> set; ///< Absent: drawn by the id, as the project's split says.
    ImageMetadata metadata;
    std::vector<ShapeAnnotation> segmentation_annotations; ///< No sender tells them with an image; the generator does.
    Remarks remarks;
};

} // namespace learning_loop::store
