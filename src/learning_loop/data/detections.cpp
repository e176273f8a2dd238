#include "learning_loop/data/detections.h"

#include "learning_loop/base/json.h"

#include <charconv>
#include <cmath>

namespace learning_loop {
namespace {

/// Numbers between commas, two for each point.
std::optional<std::vector<Point>> points_of(std::string_view flat)
{
    std::vector<double> numbers;
    char const* at = flat.data();
    char const* const end = at + flat.size();
    while (at != end) {
        double number = 0;
        auto const [next, failure] = std::from_chars(at, end, number);
        if (failure != std::errc() || !std::isfinite(number) || (next != end && *next != ',')) return std::nullopt;
        numbers.push_back(number);
        at = next == end ? end : next + 1;
    }
    if (numbers.size() % 2 != 0) return std::nullopt;
    std::vector<Point> points;
    for (std::size_t i = 0; i < numbers.size(); i += 2) points.push_back({numbers[i], numbers[i + 1]});
    return points;
}

std::string shortest(double number)
{
    char digits[400];
    return {digits, std::to_chars(digits, digits + sizeof digits, number, std::chars_format::fixed).ptr};
}

} // namespace

Result<Pixel> JsonForm<Pixel>::from_json(boost::json::value const& value, JsonPath const& path)
{
    if (!value.is_number()) return error_at(path, "expected a number of pixels");
    auto const number = value.to_number<double>();
    constexpr double most = 1e9;
    if (!(std::abs(number) <= most)) return error_at(path, "is no pixel of any image");
    return Pixel(static_cast<int>(std::lround(number)));
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
    auto const* list = object ? object->if_contains("points") : nullptr;
    if (!list) return error_at(path, "expected {\"points\": [...]} or a text of numbers");
    auto points = learning_loop::from_json<std::vector<Point>>(*list, path / "points");
    if (!points) return points.error();
    return Shape{std::move(*points)};
}

} // namespace learning_loop
