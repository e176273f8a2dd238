#include "learning_loop/infer/sent_image.h"

#include "learning_loop/base/memory.h"
#include "learning_loop/base/text.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace learning_loop {
namespace {

/// The names that numpy has for bytes from 0 to 255.
bool is_uint8(std::string_view dtype)
{
    constexpr std::array<std::string_view, 7> names{"uint8", "u1", "|u1", "<u1", ">u1", "=u1", "B"};
    return std::ranges::find(names, dtype) != names.end();
}

std::string text_of(std::vector<std::int64_t> const& shape)
{
    constexpr std::size_t max_shown = 6;
    std::string text;
    for (std::size_t i = 0; i < std::min(shape.size(), max_shown); ++i)
        text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    return "[" + text + (shape.size() > max_shown ? ", ...]" : "]");
}

Error wrong_shape(std::vector<std::int64_t> const& shape, std::string_view why)
{
    return {Errc::invalid_argument, "shape: " + text_of(shape) + " " + std::string(why)};
}

/// An error of the codec, with the name of the image that it is about.
Error named(std::string const& name, Error const& error)
{
    return {error.code, name.empty() ? error.message : name + ": " + error.message};
}

cv::Mat bgr_of(std::string_view bytes, PixelLayout const& layout)
{
    auto const conversion = layout.channels == 1   ? cv::COLOR_GRAY2BGR
                            : layout.channels == 3 ? cv::COLOR_RGB2BGR
                                                   : cv::COLOR_RGBA2BGR;
    // OpenCV has no view of constant pixels; the conversion only reads them.
    auto* const pixels = const_cast<char*>(bytes.data());
    cv::Mat const sent(layout.height_px, layout.width_px, CV_8UC(layout.channels), pixels);
    cv::Mat bgr(sent.size(), CV_8UC3);
    prefer_large_pages(bgr.data, bgr.total() * bgr.elemSize());
    cv::cvtColor(sent, bgr, conversion);
    return bgr;
}

} // namespace

Result<PixelLayout> read_pixel_layout(std::string_view dtype, std::vector<std::int64_t> const& shape, std::size_t bytes,
                                      ImageLimits const& limits)
{
    if (!is_uint8(dtype)) {
        return Error{Errc::invalid_argument,
                     "dtype: '" + printable(dtype) + "' is not taken: send pixels of 8 bits, as uint8"};
    }
    if (shape.size() != 2 && shape.size() != 3)
        return wrong_shape(shape, "is no image: send [height, width, channels]");
    auto const height = shape[0], width = shape[1], channels = shape.size() == 3 ? shape[2] : 1;
    if (channels != 1 && channels != 3 && channels != 4)
        return wrong_shape(shape, "has " + std::to_string(channels) + " channels: send 3 (RGB), 1 (gray) or 4 (RGBA)");
    constexpr std::int64_t max_side = std::numeric_limits<int>::max() / 4;
    if (height < 1 || width < 1 || height > max_side || width > max_side)
        return wrong_shape(shape, "has an impossible width or height");
    auto const pixels = height * width;
    if (pixels > limits.max_pixels) {
        return Error{Errc::too_large, "shape: " + text_of(shape) + " has more than the " +
                                          std::to_string(limits.max_pixels) +
                                          " pixels that are accepted: scale the image down"};
    }
    if (static_cast<std::uint64_t>(pixels * channels) != bytes)
        return wrong_shape(shape, "tells of " + std::to_string(pixels * channels) + " bytes, but " +
                                      std::to_string(bytes) + " came");
    return PixelLayout{static_cast<int>(width), static_cast<int>(height), static_cast<int>(channels)};
}

Result<cv::Mat> decode_image(SentImage const& image, ImageLimits const& limits)
{
    if (image.layout) return bgr_of(image.bytes.view(), *image.layout);
    auto bgr = decode_image(image.bytes.view(), limits);
    if (!bgr) return named(image.name, bgr.error());
    return bgr;
}

Result<Bytes> jpeg_of(SentImage const& image, ImageLimits const& limits, int quality)
{
    if (!image.layout) {
        auto const header = check_image(image.bytes.view(), limits);
        if (!header) return named(image.name, header.error());
        if (header->format == ImageFormat::jpeg) return image.bytes;
    }
    auto const bgr = decode_image(image, limits);
    if (!bgr) return bgr.error();
    auto jpeg = encode_jpeg(*bgr, quality);
    if (!jpeg) return named(image.name, jpeg.error());
    return Bytes(std::move(*jpeg));
}

} // namespace learning_loop
