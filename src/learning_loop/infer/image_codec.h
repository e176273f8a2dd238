#pragma once

#include "learning_loop/base/error.h"

#include <opencv2/core/mat.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// JPEG and PNG files in and out. All functions may run on any number of threads. Damaged files are refused, never
// repaired: an image that is not whole is no image. Damage of a JPEG is what costs pixels: a missing end, a code that
// there is not, a wrong restart marker. What says nothing of the pixels is none, as cameras write it: bytes before any
// marker, versions of JFIF and kinds of colours that there are not. Which way is up is told by EXIF, and where that
// says nothing by XMP, as Pillow's `ImageOps.exif_transpose`, with which trainers read, has it.

namespace learning_loop {

enum class ImageFormat { jpeg, png };

/// What an image from outside may cost at most. The pixels bound the memory of a decoded image, the scans its time.
struct ImageLimits {
    std::size_t max_bytes = std::size_t{64} << 20;
    std::int64_t max_pixels = 50'000'000;
    int max_scans = 100; ///< Of a progressive JPEG, each over the whole image. Encoders write about ten.
};

struct ImageHeader {
    ImageFormat format = ImageFormat::jpeg;
    int width_px = 0; ///< Of the upright image: after the orientation has been applied.
    int height_px = 0;
    int orientation = 1; ///< As EXIF has it, 1 to 8; 1 if the file tells none that makes sense.
};

/// Reads the header alone, in microseconds. Errors: invalid_argument if it is not a JPEG or PNG, or a kind of them that
/// is hardly ever decoded. too_large if it has more bytes or pixels than the limits allow.
Result<ImageHeader> read_image_header(std::string_view bytes, ImageLimits const& limits = {});

/// As `read_image_header`, but the file must run on to its end marker: one that was cut off on its way is refused.
/// Decodes nothing, so damage inside the compressed pixels stays unseen; and whether a JPEG without its end marker has
/// all of them, only decoding could tell, and other readers do not open it. Errors as `read_image_header`;
/// invalid_argument also if the file is cut off, has more scans than the limits allow or is a PNG with a wrong
/// checksum.
Result<ImageHeader> check_image(std::string_view bytes, ImageLimits const& limits = {});

/// The upright image as 8 bit BGR, three channels. Gray is spread over the channels, transparency is dropped as most
/// trainers' readers do, 16 bits lose their lower 8. CMYK is mixed without a colour profile, and taken for inverted
/// (255 is no ink), as Pillow and browsers do. Errors as `check_image`; invalid_argument also if the compressed pixels
/// are damaged.
Result<cv::Mat> decode_image(std::string_view bytes, ImageLimits const& limits = {});

/// A JPEG of an 8 bit BGR image at full colour resolution (4:4:4). `quality` is 1 to 100. Errors: invalid_argument if
/// the array is of another kind, is empty or has a side longer than the 65500 pixels that a JPEG can have, or if
/// `quality` is out of its range.
Result<std::string> encode_jpeg(cv::Mat const& bgr, int quality = 95);

} // namespace learning_loop
