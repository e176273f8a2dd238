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

/// Of the image as a whole.
struct ClassificationAnnotation {
    std::string category_name;
    std::optional<std::string> category_id;
};
BOOST_DESCRIBE_STRUCT(ClassificationAnnotation, (), (category_name, category_id))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<BoxAnnotation>();
extern template JsonType const& json_type<PointAnnotation>();
extern template JsonType const& json_type<ClassificationAnnotation>();

} // namespace learning_loop
