#pragma once

#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>

#include <vector>

// Places in an image: pixels of the upright image, origin top left, x right, y down.

namespace learning_loop {

/// A whole pixel coordinate or length. A peer may send a fraction, which is rounded; beyond a billion is an error.
class Pixel {
public:
    constexpr Pixel(int value = 0) : value_(value) {}
    constexpr operator int() const { return value_; }

private:
    int value_;
};

struct Point {
    double x = 0;
    double y = 0;
};
BOOST_DESCRIBE_STRUCT(Point, (), (x, y))

/// A closed line, written `{"points": [{"x": 1, "y": 2}]}`.
struct Polygon {
    std::vector<Point> points;
};
BOOST_DESCRIBE_STRUCT(Polygon, (), (points))

/// A closed line in the two forms that peers know: read as a Polygon or as the flat text `1,2,3,4`, written flat, as
/// detectors do. `polygon_of` writes the other form.
struct Shape {
    std::vector<Point> points;
};

boost::json::value polygon_of(Shape const& shape);

template <>
struct JsonForm<Pixel> {
    static boost::json::value to_json(Pixel pixel) { return int{pixel}; }
    static Result<Pixel> from_json(boost::json::value const& value, JsonPath const& path);
    static boost::json::object schema();
};

template <>
struct JsonForm<Shape> {
    static boost::json::value to_json(Shape const& shape);
    static Result<Shape> from_json(boost::json::value const& value, JsonPath const& path);
    static boost::json::object schema();
};

// Compiled once, in the .cpp.
extern template JsonType const& json_type<Point>();
extern template JsonType const& json_type<Polygon>();
extern template JsonType const& json_type<Pixel>();
extern template JsonType const& json_type<Shape>();

} // namespace learning_loop
