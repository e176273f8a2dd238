#pragma once

#include "learning_loop/scene/random.h"

#include <opencv2/core.hpp>

namespace learning_loop {

/// Does to an 8 bit BGR picture what light and camera do: tint, dusk, glare, the shadow of something beside the camera,
/// defocus or motion blur, noise. Moves nothing, so boxes stay where they are. `scale` is that of the canvas.
void photograph(cv::Mat& bgr, double scale, Random& random);

} // namespace learning_loop
