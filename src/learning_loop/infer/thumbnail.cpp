#include "learning_loop/infer/thumbnail.h"

#include "learning_loop/infer/impl/jpeg.h"
#include "learning_loop/infer/impl/stored_image.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

namespace learning_loop {
namespace {

constexpr int quality = 80;

cv::Size shrunk(cv::Size size, int max_side_px)
{
    auto const scale = std::min(1.0, static_cast<double>(max_side_px) / std::max(size.width, size.height));
    auto const side = [scale](int side_px) { return std::max(1, static_cast<int>(std::lround(side_px * scale))); };
    return {side(size.width), side(size.height)};
}

cv::Mat resized(cv::Mat const& bgr, cv::Size size)
{
    if (bgr.size() == size) return bgr;
    cv::Mat small;
    cv::resize(bgr, small, size, 0, 0, cv::INTER_AREA);
    return small;
}

} // namespace

Result<std::string> make_thumbnail(std::string_view image_bytes, int max_side_px, ImageLimits const& limits)
{
    constexpr int longest_px = 65500; // of a JPEG
    if (max_side_px < 1 || max_side_px > longest_px)
        return Error{Errc::invalid_argument, "a thumbnail's longer side has 1 to 65500 pixels"};
    auto const stored = decode_stored(image_bytes, limits, max_side_px);
    if (!stored) return stored.error();
    auto const small = resized(stored->bgr, shrunk(stored->size, max_side_px));
    return encode_jpeg_420(upright(small, stored->orientation), quality);
}

std::string make_preview(cv::Mat const& bgr, int max_side_px)
{
    return encode_jpeg_420(resized(bgr, shrunk(bgr.size(), max_side_px)), quality).value();
}

} // namespace learning_loop
