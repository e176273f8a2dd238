#pragma once

#include <optional>
#include <string_view>

namespace learning_loop {

/// The orientation (1 to 8) from EXIF data, which begin with `II*` or `MM*`, perhaps behind `Exif\0\0`. A tag that
/// makes no sense is 1, upright: it must not cost the image. Returns nullopt if the data have no such tag, or are
/// damaged before it. The tag is read as Pillow reads it, so that a trainer turns an image as we do: any kind of whole
/// number, but no BYTE.
std::optional<int> exif_orientation(std::string_view tiff);

} // namespace learning_loop
