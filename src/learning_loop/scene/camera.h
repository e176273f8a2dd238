#pragma once

#include "learning_loop/scene/random.h"

#include <opencv2/core.hpp>

namespace learning_loop {

/// What light and camera do to a picture: tint, dusk, glare, the shadow of something beside the camera, defocus or
/// motion blur, noise. Moves nothing, so boxes stay where they are.
void photograph(cv::Mat& bgr, double scale, Random& random);

} // namespace learning_loop
