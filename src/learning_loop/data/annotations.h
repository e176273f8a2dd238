#pragma once

#include "learning_loop/data/geometry.h"

#include <optional>
#include <string>

// What a person, or a program in their place, says is in an image. Field names and order are those of the wire
// protocol.

namespace learning_loop {

struct BoxAnnotation {
    std::string category_name;
    Pixel x; ///< Left edge.
    Pixel y; ///< Top edge.
    Pixel width;
    Pixel height;
    std::optional<std::string> category_id; ///< Absent or empty until somebody knows the category.
};
BOOST_DESCRIBE_STRUCT(BoxAnnotation, (), (category_name, x, y, width, height, category_id))

struct PointAnnotation {
    std::string category_name;
    double x = 0; ///< Centre, pixels.
    double y = 0;
    std::optional<std::string> category_id;
};
BOOST_DESCRIBE_STRUCT(PointAnnotation, (), (category_name, x, y, category_id))

/// The outline of something.
struct ShapeAnnotation {
    std::string category_name;
    Shape shape;
    std::optional<std::string> category_id;
};
BOOST_DESCRIBE_STRUCT(ShapeAnnotation, (), (category_name, shape, category_id))

/// Of the image as a whole.
struct ClassificationAnnotation {
    std::string category_name;
    std::optional<std::string> category_id;
};
BOOST_DESCRIBE_STRUCT(ClassificationAnnotation, (), (category_name, category_id))

/// All that people say is in one image.
struct Annotations {
    std::vector<BoxAnnotation> box_annotations;
    std::vector<PointAnnotation> point_annotations;
    std::vector<ShapeAnnotation> segmentation_annotations;
    std::optional<ClassificationAnnotation> classification_annotation;
};
BOOST_DESCRIBE_STRUCT(Annotations, (),
                      (box_annotations, point_annotations, segmentation_annotations, classification_annotation))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<BoxAnnotation>();
extern template JsonType const& json_type<PointAnnotation>();
extern template JsonType const& json_type<ShapeAnnotation>();
extern template JsonType const& json_type<ClassificationAnnotation>();
extern template JsonType const& json_type<Annotations>();

} // namespace learning_loop
