#include "learning_loop/annotator/segment/impl/svg.h"

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

namespace learning_loop {
namespace {

/// The shortest form: where it begins, then from each point to the next.
std::string path_of(std::vector<cv::Point> const& points)
{
    std::string path;
    cv::Point last(0, 0);
    for (auto const& point : points) {
        auto const step = point - last;
        path += fmt::format("{}{}{}{}", path.empty() ? "m" : " ", step.x, step.y < 0 ? "" : " ", step.y);
        last = point;
    }
    return path;
}

std::string draw(std::string const& path, std::string_view color)
{
    if (path.empty()) return {};
    constexpr auto line = R"(<path d="{}" vector-effect="non-scaling-stroke" stroke="{}" stroke-width="{}"/>)";
    return R"(<g fill="none" stroke-linejoin="round" stroke-linecap="round" pointer-events="none">)" +
           fmt::format(line, path, "#000", 4) + fmt::format(line, path, color, 2) + "</g>";
}

} // namespace

std::string svg_of_outline(std::vector<cv::Point> const& points, std::string_view color)
{
    return points.empty() ? std::string() : draw(path_of(points) + "z", color);
}

std::string svg_of_line(std::vector<cv::Point> const& points, std::string_view color)
{
    return draw(points.size() == 1 ? path_of(points) + "h0" : path_of(points), color); // a dot
}

std::string svg_of_past_line(std::vector<cv::Point> const& points, std::string_view color)
{
    constexpr double epsilon_px = 2;
    std::vector<cv::Point> fewer;
    if (!points.empty()) cv::approxPolyDP(points, fewer, epsilon_px, false);
    if (fewer.empty()) return {};
    constexpr auto line = R"(<path d="{}" fill="none" opacity=".7" pointer-events="none" )"
                          R"(vector-effect="non-scaling-stroke" stroke="{}"/>)";
    return fmt::format(line, path_of(fewer) + (fewer.size() == 1 ? "h0" : ""), color);
}

std::string svg_of_box(cv::Rect box, std::string_view color)
{
    if (box.empty()) return {};
    return draw(fmt::format("m{} {}h{}v{}h{}z", box.x, box.y, box.width, box.height, -box.width), color);
}

} // namespace learning_loop
