#pragma once

#include <opencv2/core/mat.hpp>

namespace learning_loop {

/// Moves the edge of a mask (8 bit, 0 or 255) that was found in a smaller picture to where the colours of `bgr` change:
/// a mask as large as that. Only what is near the edge changes.
cv::Mat refined(cv::Mat const& mask, cv::Mat const& bgr);

} // namespace learning_loop
