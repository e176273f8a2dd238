#pragma once

#include "learning_loop/data/confidence.h"
#include "learning_loop/data/geometry.h"

#include <optional>
#include <string>
#include <vector>

// What a model finds in an image. Field names and order are those of the wire protocol.

namespace learning_loop {

struct BoxDetection {
    std::string category_name;
    Pixel x; ///< Left edge.
    Pixel y; ///< Top edge.
    Pixel width;
    Pixel height;
    std::string model_name; ///< The model's version, as `1.3`.
    Confidence confidence;
    std::optional<std::string> category_id; ///< Absent or empty until somebody knows the category.
};
BOOST_DESCRIBE_STRUCT(BoxDetection, (), (category_name, x, y, width, height, model_name, confidence, category_id))

struct PointDetection {
    std::string category_name;
    double x = 0; ///< Centre, pixels.
    double y = 0;
    std::string model_name;
    Confidence confidence;
    std::optional<std::string> category_id;
};
BOOST_DESCRIBE_STRUCT(PointDetection, (), (category_name, x, y, model_name, confidence, category_id))

struct SegmentationDetection {
    std::string category_name;
    Shape shape;
    std::string model_name;
    Confidence confidence;
    std::optional<std::string> category_id;
};
BOOST_DESCRIBE_STRUCT(SegmentationDetection, (), (category_name, shape, model_name, confidence, category_id))

/// Of the image as a whole.
struct ClassificationDetection {
    std::string category_name;
    std::string model_name;
    Confidence confidence;
    std::optional<std::string> category_id;
};
BOOST_DESCRIBE_STRUCT(ClassificationDetection, (), (category_name, model_name, confidence, category_id))

/// What a trained model finds in one image of its project: the trainer uploads a list of these.
struct Detections {
    std::vector<BoxDetection> box_detections;
    std::vector<PointDetection> point_detections;
    std::vector<SegmentationDetection> segmentation_detections;
    std::vector<ClassificationDetection> classification_detections;
    std::optional<std::string> image_id;
};
BOOST_DESCRIBE_STRUCT(Detections, (),
                      (box_detections, point_detections, segmentation_detections, classification_detections, image_id))

/// Trainers write the points of shapes out, while detectors write them flat.
template <>
struct JsonForm<Detections> {
    static boost::json::value to_json(Detections const& detections);
};

// Compiled once, in the .cpp.
extern template JsonType const& json_type<BoxDetection>();
extern template JsonType const& json_type<PointDetection>();
extern template JsonType const& json_type<SegmentationDetection>();
extern template JsonType const& json_type<ClassificationDetection>();
extern template JsonType const& json_type<Detections>();

} // namespace learning_loop
