#pragma once

#include <opencv2/core/types.hpp>

#include <string>
#include <string_view>
#include <vector>

// Lines that can be seen on bright and on dark pictures, as wide on the screen however far the picture is zoomed: a
// colour on a wider black line. Empty for no points.

namespace learning_loop {

std::string svg_of_outline(std::vector<cv::Point> const& points, std::string_view color);

std::string svg_of_line(std::vector<cv::Point> const& points, std::string_view color);

/// A thin line, in fewer points: what was drawn before.
std::string svg_of_past_line(std::vector<cv::Point> const& points, std::string_view color);

std::string svg_of_box(cv::Rect box, std::string_view color);

} // namespace learning_loop
