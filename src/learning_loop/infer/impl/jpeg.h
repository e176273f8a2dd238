#pragma once

#include "learning_loop/infer/impl/image_file.h"

namespace learning_loop {

enum class ReadUpTo { pixels, end };

bool looks_like_jpeg(std::string_view bytes);

/// Walks over the segments of the file, which must look like a JPEG, and over bytes between them, as libjpeg does; only
/// a walk to the end counts the scans. Errors: invalid_argument if it is damaged, or a kind of JPEG that browsers
/// cannot show either.
Result<ImageFile> read_jpeg(std::string_view bytes, ReadUpTo last);

/// Pixels as they are stored, 8 bit BGR; with `shrink` 2, 4 or 8 at that fraction of their width and height, rounded
/// up, which is quicker. `file` must come from `read_jpeg` of the same bytes. Errors: invalid_argument if the
/// compressed pixels are damaged: all of them are read, however small the result is. The error has libjpeg's words for
/// the first damage; warnings that say nothing of the pixels (`is_harmless`) are none.
Result<cv::Mat> decode_jpeg(std::string_view bytes, ImageFile const& file, int shrink = 1);

/// As `encode_jpeg`, with colours at half the resolution (4:2:0): what is only looked at is a third smaller so.
Result<std::string> encode_jpeg_420(cv::Mat const& bgr, int quality);

} // namespace learning_loop
