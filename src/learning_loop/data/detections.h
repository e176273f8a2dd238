#pragma once

#include "learning_loop/base/reflect.h"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

// What a model finds in an image and what a person says is in it. Coordinates are pixels of the upright image: origin
// top left, x right, y down. Field names and order are those of the wire protocol (docs/protocol.md).

namespace learning_loop {

/// A whole pixel coordinate or length. A peer may send a fraction, which is rounded.
class Pixel {
public:
    constexpr Pixel(int value = 0) : value_(value) {}
    constexpr operator int() const { return value_; }

private:
    int value_;
};

template <>
struct JsonForm<Pixel> {
    static boost::json::value to_json(Pixel pixel) { return int{pixel}; }
    static Result<Pixel> from_json(boost::json::value const& value, JsonPath const& path);
};

struct BoxDetection {
    std::string category_name;
    Pixel x; ///< Left edge.
    Pixel y; ///< Top edge.
    Pixel width;
    Pixel height;
    std::string model_name;                 ///< The model's version, as `1.3`.
    double confidence = 0;                  ///< 0 to 1.
    std::optional<std::string> category_id; ///< Absent until somebody knows the category.
};
BOOST_DESCRIBE_STRUCT(BoxDetection, (), (category_name, x, y, width, height, model_name, confidence, category_id))

struct PointDetection {
    std::string category_name;
    double x = 0; ///< Centre, pixels.
    double y = 0;
    std::string model_name;
    double confidence = 0;
    std::optional<std::string> category_id;
};
BOOST_DESCRIBE_STRUCT(PointDetection, (), (category_name, x, y, model_name, confidence, category_id))

struct Point {
    double x = 0;
    double y = 0;
};
BOOST_DESCRIBE_STRUCT(Point, (), (x, y))

/// A polygon. Read as `{"points": [{"x": 1, "y": 2}]}` or as the flat text `1,2`; written flat.
struct Shape {
    std::vector<Point> points;
};

template <>
struct JsonForm<Shape> {
    static boost::json::value to_json(Shape const& shape);
    static Result<Shape> from_json(boost::json::value const& value, JsonPath const& path);
};

struct SegmentationDetection {
    std::string category_name;
    Shape shape;
    std::string model_name;
    double confidence = 0;
    std::optional<std::string> category_id;
};
BOOST_DESCRIBE_STRUCT(SegmentationDetection, (), (category_name, shape, model_name, confidence, category_id))

struct ClassificationDetection {
    std::string category_name;
    std::string model_name;
    double confidence = 0;
    std::optional<std::string> category_id;
};
BOOST_DESCRIBE_STRUCT(ClassificationDetection, (), (category_name, model_name, confidence, category_id))

struct BoxAnnotation {
    std::string category_name;
    Pixel x;
    Pixel y;
    Pixel width;
    Pixel height;
    std::optional<std::string> category_id;
};
BOOST_DESCRIBE_STRUCT(BoxAnnotation, (), (category_name, x, y, width, height, category_id))

struct PointAnnotation {
    std::string category_name;
    double x = 0;
    double y = 0;
    std::optional<std::string> category_id;
};
BOOST_DESCRIBE_STRUCT(PointAnnotation, (), (category_name, x, y, category_id))

struct ClassificationAnnotation {
    std::string category_name;
    std::optional<std::string> category_id;
};
BOOST_DESCRIBE_STRUCT(ClassificationAnnotation, (), (category_name, category_id))

} // namespace learning_loop
