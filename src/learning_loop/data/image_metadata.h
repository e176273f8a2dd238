#pragma once

#include "learning_loop/data/annotations.h"
#include "learning_loop/data/detections.h"

namespace learning_loop {

/// Where an image stands in its project.
enum class ImageState { backlog, inbox, annotate, review, complete, trash };
BOOST_DESCRIBE_ENUM(ImageState, backlog, inbox, annotate, review, complete, trash)

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

/// Older peers call `created` otherwise: robots wrote `creation_date`, detectors `date`. Whether it is a date is for
/// whoever needs one to check.
template <>
struct JsonForm<ImageMetadata> {
    static boost::json::value to_json(ImageMetadata const& metadata);
    static Result<ImageMetadata> from_json(boost::json::value const& value, JsonPath const& path);
};

/// The answer to a batch of images: one item for each, in their order.
struct ImagesMetadata {
    std::vector<ImageMetadata> items;
};
BOOST_DESCRIBE_STRUCT(ImagesMetadata, (), (items))

/// How many detections of all kinds.
std::size_t detection_count(ImageMetadata const& metadata);

boost::json::value json_of(ImageMetadata const& metadata);
Result<ImageMetadata> image_metadata_from(boost::json::value const& value);

} // namespace learning_loop
