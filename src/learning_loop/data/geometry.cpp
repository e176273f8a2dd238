#include "learning_loop/data/geometry.h"

#include "learning_loop/json/schema.h"

#include <charconv>
#include <cmath>

namespace learning_loop {
namespace {

/// Reads numbers between commas, two for each point; an empty text has no points. Returns nullopt if the text is not
/// such a list.
std::optional<std::vector<Point>> points_of(std::string_view flat)
{
    std::vector<double> numbers;
    char const* at = flat.data();
    char const* const end = at + flat.size();
    while (at != end || (!numbers.empty() && flat.back() == ',')) {
        double number = 0;
        auto const [next, failure] = std::from_chars(at, end, number);
        if (failure != std::errc() || !std::isfinite(number) || (next != end && *next != ',')) return std::nullopt;
        numbers.push_back(number);
        if (next == end) break;
        at = next + 1;
    }
    if (numbers.size() % 2 != 0) return std::nullopt;
    std::vector<Point> points;
    for (std::size_t i = 0; i < numbers.size(); i += 2) points.push_back({numbers[i], numbers[i + 1]});
    return points;
}

std::string shortest(double number)
{
    char digits[400]; // the plain form of the smallest double has 327 characters
    return {digits, std::to_chars(digits, digits + sizeof digits, number, std::chars_format::fixed).ptr};
}

} // namespace

Result<Pixel> JsonForm<Pixel>::from_json(boost::json::value const& value, JsonPath const& path)
{
    if (!value.is_number()) return error_at(path, "expected a number of pixels");
    auto const number = value.to_number<double>();
    constexpr double max = 1e9;
    if (!(std::abs(number) <= max)) return error_at(path, "is no pixel of any image");
    return Pixel(static_cast<int>(std::lround(number)));
}

boost::json::object JsonForm<Pixel>::schema()
{
    return {{"type", "integer"}, {"format", "int32"}};
}

boost::json::value JsonForm<Shape>::to_json(Shape const& shape)
{
    std::string flat;
    for (auto const& point : shape.points) {
        if (!flat.empty()) flat += ',';
        flat += shortest(point.x) + ',' + shortest(point.y);
    }
    return boost::json::string(flat);
}

Result<Shape> JsonForm<Shape>::from_json(boost::json::value const& value, JsonPath const& path)
{
    if (auto const* flat = value.if_string()) {
        auto points = points_of({flat->data(), flat->size()});
        if (!points) return error_at(path, "expected numbers as x1,y1,x2,y2");
        return Shape{std::move(*points)};
    }
    auto const* object = value.if_object();
    if (!object || !object->contains("points"))
        return error_at(path, "expected {\"points\": [...]} or a text of numbers");
    auto polygon = learning_loop::from_json<Polygon>(value, path);
    if (!polygon) return polygon.error();
    return Shape{std::move(polygon->points)};
}

boost::json::object JsonForm<Shape>::schema()
{
    SchemaCollector named;
    schema_of<Point>(named);
    auto point = named.schemas().at("Point");
    boost::json::object const points{{"type", "array"}, {"items", std::move(point)}};
    boost::json::object const polygon{
        {"type", "object"}, {"properties", {{"points", points}}}, {"required", boost::json::array{"points"}}};
    boost::json::object const flat{{"type", "string"}, {"description", "x1,y1,x2,y2"}};
    return {{"anyOf", boost::json::array{flat, polygon}}};
}

boost::json::value polygon_of(Shape const& shape)
{
    return to_json(Polygon{shape.points});
}

template JsonType const& json_type<Point>();
template JsonType const& json_type<Polygon>();
template JsonType const& json_type<Pixel>();
template JsonType const& json_type<Shape>();

} // namespace learning_loop
