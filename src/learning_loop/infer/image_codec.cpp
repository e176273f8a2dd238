#include "learning_loop/infer/image_codec.h"

#include "learning_loop/infer/impl/jpeg.h"
#include "learning_loop/infer/impl/png.h"
#include "learning_loop/infer/impl/stored_image.h"

#include <opencv2/core.hpp>

#include <algorithm>
#include <limits>

namespace learning_loop {
namespace {

std::string megapixels(std::int64_t pixels)
{
    return std::to_string((pixels + 999'999) / 1'000'000) + " megapixels";
}

Result<ImageFormat> format_of(std::string_view bytes, ImageLimits const& limits)
{
    if (bytes.size() > limits.max_bytes) {
        return Error{Errc::too_large, "the image is longer than " + std::to_string(limits.max_bytes >> 20) +
                                          " MiB: send a smaller or more strongly compressed one"};
    }
    if (looks_like_jpeg(bytes)) return ImageFormat::jpeg;
    if (looks_like_png(bytes)) return ImageFormat::png;
    return Error{Errc::invalid_argument, bytes.empty()
                                             ? "not a JPEG or PNG image but empty: send the bytes of an image file"
                                             : "not a JPEG or PNG image: send one of these two formats"};
}

Result<void> check_pixels(ImageFile const& file, ImageLimits const& limits)
{
    auto const pixels = std::int64_t{file.width_px} * file.height_px;
    if (pixels <= limits.max_pixels) return {};
    return Error{Errc::too_large, "the image has " + std::to_string(file.width_px) + "x" +
                                      std::to_string(file.height_px) + " pixels, more than the " +
                                      megapixels(limits.max_pixels) + " that are accepted: scale it down"};
}

bool lies_on_its_side(int orientation)
{
    return orientation >= 5;
}

ImageHeader header_of(ImageFormat format, ImageFile const& file)
{
    bool const turned = lies_on_its_side(file.orientation);
    return {format, turned ? file.height_px : file.width_px, turned ? file.width_px : file.height_px, file.orientation};
}

struct CheckedFile {
    ImageFormat format;
    ImageFile file;
};

Result<CheckedFile> read_header(std::string_view bytes, ImageLimits const& limits)
{
    auto const format = format_of(bytes, limits);
    if (!format) return format.error();
    auto const file =
        *format == ImageFormat::jpeg ? read_jpeg(bytes, ReadUpTo::pixels) : read_png(bytes, CheckedChunks::metadata);
    if (!file) return file.error();
    if (auto fits = check_pixels(*file, limits); !fits) return fits.error();
    return CheckedFile{*format, *file};
}

Result<CheckedFile> read_whole(std::string_view bytes, ImageLimits const& limits)
{
    auto checked = read_header(bytes, limits);
    if (!checked) return checked;
    bool const is_jpeg = checked->format == ImageFormat::jpeg;
    auto const file = is_jpeg ? read_jpeg(bytes, ReadUpTo::end) : read_png(bytes, CheckedChunks::all);
    if (!file) return file.error();
    if (file->scans > limits.max_scans) {
        return Error{Errc::invalid_argument, "the JPEG image has " + std::to_string(file->scans) +
                                                 " scans, more than the " + std::to_string(limits.max_scans) +
                                                 " that are accepted: save it as a baseline JPEG"};
    }
    checked->file = *file;
    return checked;
}

/// The most by which a JPEG may be shrunk while it is decoded.
int shrink_for(ImageFile const& file, int min_side_px)
{
    auto const side_px = std::max(file.width_px, file.height_px);
    for (int const shrink : {8, 4, 2}) {
        if (side_px / shrink >= min_side_px) return shrink;
    }
    return 1;
}

} // namespace

Result<ImageHeader> read_image_header(std::string_view bytes, ImageLimits const& limits)
{
    auto const checked = read_header(bytes, limits);
    if (!checked) return checked.error();
    return header_of(checked->format, checked->file);
}

Result<ImageHeader> check_image(std::string_view bytes, ImageLimits const& limits)
{
    auto const checked = read_whole(bytes, limits);
    if (!checked) return checked.error();
    return header_of(checked->format, checked->file);
}

cv::Mat upright(cv::Mat const& stored, int orientation)
{
    enum Mirror { up_down = 0, left_right = 1, both = -1 };
    cv::Mat turned = stored, result;
    if (lies_on_its_side(orientation)) cv::transpose(stored, turned);
    switch (orientation) {
    case 2:
    case 6: cv::flip(turned, result, left_right); return result;
    case 3:
    case 7: cv::flip(turned, result, both); return result;
    case 4:
    case 8: cv::flip(turned, result, up_down); return result;
    default: return turned;
    }
}

Result<StoredPixels> decode_stored(std::string_view bytes, ImageLimits const& limits, int min_side_px)
{
    auto const checked = read_whole(bytes, limits);
    if (!checked) return checked.error();
    auto const& [format, file] = *checked;
    auto pixels =
        format == ImageFormat::jpeg ? decode_jpeg(bytes, file, shrink_for(file, min_side_px)) : decode_png(bytes, file);
    if (!pixels) return pixels.error();
    return StoredPixels{std::move(*pixels), cv::Size(file.width_px, file.height_px), file.orientation};
}

Result<cv::Mat> decode_image(std::string_view bytes, ImageLimits const& limits)
{
    auto const stored = decode_stored(bytes, limits, std::numeric_limits<int>::max());
    if (!stored) return stored.error();
    return upright(stored->bgr, stored->orientation);
}

} // namespace learning_loop
