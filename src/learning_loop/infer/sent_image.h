#pragma once

#include "learning_loop/base/bytes.h"
#include "learning_loop/infer/image_codec.h"

#include <opencv2/core/mat.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// How pixels lie without a file around them: 8 bits a channel, row by row from the top, as numpy's C order has them.
struct PixelLayout {
    int width_px = 0;
    int height_px = 0;
    int channels = 3; ///< 1 gray, 3 RGB, 4 RGBA.
};

/// Reads a layout as numpy tells it: `shape` is [height, width, channels], or [height, width] for gray. Allocates
/// nothing. Errors: invalid_argument names `dtype` or `shape`, also if they tell of another number of bytes than
/// `bytes`. too_large if there are more pixels than the limits allow.
Result<PixelLayout> read_pixel_layout(std::string_view dtype, std::vector<std::int64_t> const& shape, std::size_t bytes,
                                      ImageLimits const& limits = {});

/// An image as somebody sent it.
struct SentImage {
    Bytes bytes;
    std::string name;                  ///< What errors call it, as `files[1]`.
    std::optional<PixelLayout> layout; ///< Absent: the bytes are a JPEG or PNG file.
};

/// The upright image as 8 bit BGR. Errors: as `decode_image` of the image codec, with the image's name.
Result<cv::Mat> decode_image(SentImage const& image, ImageLimits const& limits = {});

/// The image as a JPEG file: one that is a JPEG keeps its bytes, everything else is encoded, with that quality (1 to
/// 100). It is checked that a file
/// is whole. Errors: as `check_image` and `decode_image`, with the image's name.
Result<Bytes> jpeg_of(SentImage const& image, ImageLimits const& limits = {}, int quality = 95);

} // namespace learning_loop
