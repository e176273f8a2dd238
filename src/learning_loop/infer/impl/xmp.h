#pragma once

#include <optional>
#include <string_view>

namespace learning_loop {

/// The orientation (1 to 8) from an XMP packet, which is XML, read as Pillow reads it: the first
/// `tiff:Orientation="N` or `tiff:Orientation>N`. A number beyond 1 to 8 is 1, upright. Returns nullopt if there is no
/// such text.
std::optional<int> xmp_orientation(std::string_view xml);

} // namespace learning_loop
