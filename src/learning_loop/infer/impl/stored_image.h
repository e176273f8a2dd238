#pragma once

#include "learning_loop/infer/image_codec.h"

namespace learning_loop {

/// An image as its file has it, not turned yet.
struct StoredPixels {
    cv::Mat bgr;         ///< 8 bit. May be smaller than the image, see `decode_stored`.
    cv::Size size;       ///< Of the whole image, in pixels.
    int orientation = 1; ///< For `upright`.
};

/// As `decode_image` before it turns the image, with the same errors. A JPEG may come at 1/2, 1/4 or 1/8 of its size,
/// if its longer side is at least `min_side_px` even so.
Result<StoredPixels> decode_stored(std::string_view bytes, ImageLimits const& limits, int min_side_px);

/// The EXIF orientations are the mirrorings and quarter turns that make the stored image upright.
cv::Mat upright(cv::Mat const& stored, int orientation);

} // namespace learning_loop
