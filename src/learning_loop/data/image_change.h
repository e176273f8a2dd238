#pragma once

#include "learning_loop/data/stored_image.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What scripts and people change of images, and the answers.

namespace learning_loop {

/// The body of `PATCH .../images`. What is absent stays as it is.
struct ImageChangeRequest {
    std::vector<std::string> image_ids;
    std::optional<ImageState> state;
    std::optional<ImageSet> set;
    std::vector<std::string> add_tags;
    std::vector<std::string> remove_tags;
};
BOOST_DESCRIBE_STRUCT(ImageChangeRequest, (), (image_ids, state, set, add_tags, remove_tags))

/// How many images a request was about.
struct ImageCount {
    std::int64_t image_count = 0;
};
BOOST_DESCRIBE_STRUCT(ImageCount, (), (image_count))

/// The answer to `GET` and `PUT .../images/{image}/annotations`. The header ETag has the revision, quoted.
struct ImageAnnotations {
    std::string image_id;
    std::int64_t revision = 0;            ///< How often they were replaced.
    std::optional<std::string> annotated; ///< When they were replaced last.
    std::optional<std::string> annotated_by;
    std::vector<StoredBoxAnnotation> box_annotations;
    std::vector<StoredPointAnnotation> point_annotations;
    std::vector<StoredSegmentationAnnotation> segmentation_annotations;
    std::optional<StoredClassificationAnnotation> classification_annotation;
};
BOOST_DESCRIBE_STRUCT(ImageAnnotations, (),
                      (image_id, revision, annotated, annotated_by, box_annotations, point_annotations,
                       segmentation_annotations, classification_annotation))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<ImageChangeRequest>();
extern template JsonType const& json_type<ImageCount>();
extern template JsonType const& json_type<ImageAnnotations>();

} // namespace learning_loop
