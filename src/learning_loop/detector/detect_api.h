#pragma once

#include "learning_loop/http/api/router.h"
#include "learning_loop/infer/image_codec.h"

namespace learning_loop {

class Detector;

/// `POST /detect` and `POST /upload`, for images within these limits.
void add_detect_api(http::Router& router, Detector& detector, ImageLimits const& limits);

} // namespace learning_loop
