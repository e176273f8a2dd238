#pragma once

#include <opencv2/core/mat.hpp>
#include <opencv2/core/types.hpp>

#include <vector>

namespace learning_loop {

/// One closed line around what is not 0 in an 8 bit mask, through its outermost pixels. Pieces that do not touch are
/// joined by threads, large holes are opened by slits, small ones are filled. Empty if the mask is.
std::vector<cv::Point> line_around(cv::Mat const& mask);

} // namespace learning_loop
