#pragma once

#include "learning_loop/data/image_metadata.h"
#include "learning_loop/data/remark.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// An image with all that is known of it, in the form in which the Loop hands it out (`GET .../images`).

namespace learning_loop {

/// What an image is for in a training.
enum class ImageSet { train, test, val };
BOOST_DESCRIBE_ENUM(ImageSet, train, test, val)

/// Whether an image's pixels were decoded, and how that went.
enum class Pixels { unchecked, sound, broken };
BOOST_DESCRIBE_ENUM(Pixels, unchecked, sound, broken)

struct StoredBoxAnnotation {
    std::string id;
    std::string image_id;
    std::optional<std::string> category_id;
    std::string category_name;
    Pixel x;
    Pixel y;
    Pixel width;
    Pixel height;
};
BOOST_DESCRIBE_STRUCT(StoredBoxAnnotation, (), (id, image_id, category_id, category_name, x, y, width, height))

struct StoredPointAnnotation {
    std::string id;
    std::string image_id;
    std::optional<std::string> category_id;
    std::string category_name;
    double x = 0;
    double y = 0;
};
BOOST_DESCRIBE_STRUCT(StoredPointAnnotation, (), (id, image_id, category_id, category_name, x, y))

struct StoredSegmentationAnnotation {
    std::string id;
    std::string image_id;
    std::optional<std::string> category_id;
    std::string category_name;
    Polygon shape;
};
BOOST_DESCRIBE_STRUCT(StoredSegmentationAnnotation, (), (id, image_id, category_id, category_name, shape))

struct StoredClassificationAnnotation {
    std::string id;
    std::string image_id;
    std::optional<std::string> category_id;
    std::string category_name;
};
BOOST_DESCRIBE_STRUCT(StoredClassificationAnnotation, (), (id, image_id, category_id, category_name))

struct StoredBoxDetection {
    std::string id;
    std::string image_id;
    std::optional<std::string> category_id;
    std::string category_name;
    Pixel x;
    Pixel y;
    Pixel width;
    Pixel height;
    double confidence = 0; ///< 0 to 1.
    std::string model_name;
};
BOOST_DESCRIBE_STRUCT(StoredBoxDetection, (),
                      (id, image_id, category_id, category_name, x, y, width, height, confidence, model_name))

struct StoredPointDetection {
    std::string id;
    std::string image_id;
    std::optional<std::string> category_id;
    std::string category_name;
    double x = 0;
    double y = 0;
    double confidence = 0;
    std::string model_name;
};
BOOST_DESCRIBE_STRUCT(StoredPointDetection, (),
                      (id, image_id, category_id, category_name, x, y, confidence, model_name))

struct StoredSegmentationDetection {
    std::string id;
    std::string image_id;
    std::optional<std::string> category_id;
    std::string category_name;
    Polygon shape;
    double confidence = 0;
    std::string model_name;
};
BOOST_DESCRIBE_STRUCT(StoredSegmentationDetection, (),
                      (id, image_id, category_id, category_name, shape, confidence, model_name))

struct StoredClassificationDetection {
    std::string id;
    std::string image_id;
    std::optional<std::string> category_id;
    std::string category_name;
    double confidence = 0;
    std::string model_name;
};
BOOST_DESCRIBE_STRUCT(StoredClassificationDetection, (),
                      (id, image_id, category_id, category_name, confidence, model_name))

struct Tag {
    std::string id;
    std::string name;
};
BOOST_DESCRIBE_STRUCT(Tag, (), (id, name))

struct StoredImage {
    std::string id;
    std::string created;
    ImageState state = ImageState::inbox;
    ImageSet set = ImageSet::train;
    int width = 0; ///< Pixels of the upright image.
    int height = 0;
    std::vector<StoredBoxAnnotation> box_annotations;
    std::vector<StoredPointAnnotation> point_annotations;
    std::vector<StoredSegmentationAnnotation> segmentation_annotations;
    std::optional<StoredClassificationAnnotation> classification_annotation;
    std::vector<StoredBoxDetection> box_detections;
    std::vector<StoredPointDetection> point_detections;
    std::vector<StoredSegmentationDetection> segmentation_detections;
    std::vector<StoredClassificationDetection> classification_detections;
    std::vector<Tag> tags;
    std::optional<std::string> source;
    Pixels pixels = Pixels::unchecked;
    std::vector<Remark> remarks; ///< On what was set aside when it came.
    std::optional<double> novelty;
    std::int64_t revision = 0;               ///< Of its annotations: how often they were replaced.
    std::optional<std::string> annotated;    ///< When they were replaced last.
    std::optional<std::string> annotated_by; ///< Who did.
};
BOOST_DESCRIBE_STRUCT(StoredImage, (),
                      (id, created, state, set, width, height, box_annotations, point_annotations,
                       segmentation_annotations, classification_annotation, box_detections, point_detections,
                       segmentation_detections, classification_detections, tags, source, pixels, remarks, novelty,
                       revision, annotated, annotated_by))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<StoredBoxAnnotation>();
extern template JsonType const& json_type<StoredPointAnnotation>();
extern template JsonType const& json_type<StoredSegmentationAnnotation>();
extern template JsonType const& json_type<StoredClassificationAnnotation>();
extern template JsonType const& json_type<StoredBoxDetection>();
extern template JsonType const& json_type<StoredPointDetection>();
extern template JsonType const& json_type<StoredSegmentationDetection>();
extern template JsonType const& json_type<StoredClassificationDetection>();
extern template JsonType const& json_type<Tag>();
extern template JsonType const& json_type<StoredImage>();

} // namespace learning_loop
