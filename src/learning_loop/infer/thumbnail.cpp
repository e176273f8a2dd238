#include "learning_loop/infer/thumbnail.h"

#include "learning_loop/infer/impl/jpeg.h"
#include "learning_loop/infer/impl/stored_image.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

namespace learning_loop {
namespace {

cv::Size shrunk(cv::Size size, int max_side_px)
{
    auto const scale = std::min(1.0, static_cast<double>(max_side_px) / std::max(size.width, size.height));
    auto const side = [scale](int side_px) { return std::max(1, static_cast<int>(std::lround(side_px * scale))); };
    return {side(size.width), side(size.height)};
}

} // namespace

Result<std::string> make_thumbnail(std::string_view image_bytes, int max_side_px, ImageLimits const& limits)
{
    constexpr int longest_px = 65500; // of a JPEG
    constexpr int quality = 80;
    if (max_side_px < 1 || max_side_px > longest_px)
        return Error{Errc::invalid_argument, "a thumbnail's longer side has 1 to 65500 pixels"};
    auto const stored = decode_stored(image_bytes, limits, max_side_px);
    if (!stored) return stored.error();
    auto const size = shrunk(stored->size, max_side_px);
    auto small = stored->bgr;
    if (small.size() != size) cv::resize(stored->bgr, small, size, 0, 0, cv::INTER_AREA);
    return encode_jpeg_420(upright(small, stored->orientation), quality);
}

} // namespace learning_loop
