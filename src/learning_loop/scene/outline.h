#pragma once

#include <opencv2/core.hpp>

#include <vector>

namespace learning_loop {

/// One closed line through the outermost pixels of what is not 0 in an 8 bit mask, also along its holes: filled by the
/// even-odd rule, with what lies on the line (as cv::fillPoly does), it covers exactly these pixels. `from` is the
/// mask's corner in the picture. What is in several pieces is joined by threads of no width, there and back: beside the
/// pixels of the mask, the line then lies on those between the pieces. Empty if the mask is.
std::vector<cv::Point> outline_of(cv::Mat const& mask, cv::Point from);

} // namespace learning_loop
