#pragma once

#include "learning_loop/data/annotations.h"
#include "learning_loop/data/detections.h"

namespace learning_loop {

/// Where an image stands in its project.
enum class ImageState { backlog, inbox, annotate, review, complete, trash };
BOOST_DESCRIBE_ENUM(ImageState, backlog, inbox, annotate, review, complete, trash)

inline constexpr std::size_t max_tag_bytes = 200; ///< Of a tag, which has at least one.

/// What is known of one image: a detector's answer, and what travels with an image to the Loop.
struct ImageMetadata {
    std::vector<BoxDetection> box_detections;
    std::vector<PointDetection> point_detections;
    std::vector<SegmentationDetection> segmentation_detections;
    std::vector<ClassificationDetection> classification_detections;
    std::vector<BoxAnnotation> box_annotations;
    std::vector<PointAnnotation> point_annotations;
    std::optional<ClassificationAnnotation> classification_annotation;
    std::vector<std::string> tags;
    std::optional<std::string> created; ///< When the image was taken, in a form `is_timestamp` accepts.
    std::optional<std::string> source;
    std::optional<ImageState> state; ///< Absent: the Loop's default, inbox.
};
BOOST_DESCRIBE_STRUCT(ImageMetadata, (),
                      (box_detections, point_detections, segmentation_detections, classification_detections,
                       box_annotations, point_annotations, classification_annotation, tags, created, source, state))

/// Reads `created` also under the names that older peers have for it: robots wrote `creation_date`, detectors `date`.
/// Its text may be anything: callers that need a date must check it.
template <>
struct JsonForm<ImageMetadata> {
    static Result<ImageMetadata> from_json(boost::json::value const& value, JsonPath const& path);
};

/// The answer to a batch of images: one item for each, in their order.
struct ImagesMetadata {
    std::vector<ImageMetadata> items;
};
BOOST_DESCRIBE_STRUCT(ImagesMetadata, (), (items))

/// How many detections of all kinds.
std::size_t detection_count(ImageMetadata const& metadata);

// Compiled once, in the .cpp.
extern template JsonType const& json_type<ImageMetadata>();
extern template JsonType const& json_type<ImagesMetadata>();

} // namespace learning_loop
