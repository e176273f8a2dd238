#pragma once

#include <string_view>

namespace learning_loop {

/// The orientation (1 to 8) from EXIF data, which begin with `II*` or `MM*`. Returns 1, upright, if the data are
/// damaged or make no sense: a wrong tag must not cost the image.
int exif_orientation(std::string_view tiff);

} // namespace learning_loop
