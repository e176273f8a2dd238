#pragma once

#include "learning_loop/infer/impl/image_file.h"

namespace learning_loop {

bool looks_like_png(std::string_view bytes);

/// The chunks whose checksums are compared. Those of the pixels take a pass over the whole file.
enum class CheckedChunks { metadata, all };

/// Walks over the chunks of the file, which must look like a PNG, to the last, since EXIF data may follow the pixels.
/// Errors: invalid_argument if the file is damaged. If `all` are checked, a wrong checksum is damage; otherwise
/// metadata with a wrong one count as not there.
Result<ImageFile> read_png(std::string_view bytes, CheckedChunks checked);

/// Pixels as they are stored, 8 bit BGR. `file` must come from `read_png` of the same bytes. Errors: invalid_argument
/// if the compressed pixels are damaged.
Result<cv::Mat> decode_png(std::string_view bytes, ImageFile const& file);

} // namespace learning_loop
