#pragma once

#include "learning_loop/infer/image_codec.h"

namespace learning_loop {

/// A small JPEG (quality 80, 4:2:0) of a JPEG or PNG file, to be looked at: upright, with its longer side shrunk to
/// `max_side_px` and the other in proportion, both at least 1 pixel; an image that is smaller keeps its size. May run
/// on any number of threads. All of the image is decoded, so that a damaged one is found here. Errors: as
/// `decode_image`; invalid_argument also if `max_side_px` is not 1 to 65500.
Result<std::string> make_thumbnail(std::string_view image_bytes, int max_side_px, ImageLimits const& limits = {});

/// The same of an upright 8 bit BGR image in memory, which must not be empty.
std::string make_preview(cv::Mat const& bgr, int max_side_px);

} // namespace learning_loop
