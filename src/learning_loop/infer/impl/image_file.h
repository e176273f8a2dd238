#pragma once

#include "learning_loop/base/error.h"

#include <opencv2/core/mat.hpp>

#include <optional>
#include <string>
#include <string_view>

// What the readers of the single formats (jpeg.h, png.h) have in common. image_codec.cpp calls them.

namespace learning_loop {

/// What a file tells of itself, before any of its pixels is decoded. Sizes are those stored, before the orientation.
struct ImageFile {
    int width_px = 0;
    int height_px = 0;
    int orientation = 1;
    int channels = 3;
    int scans = 0; ///< Counted only when the whole file was read.
};

/// Which way is up, by all that a file tells of it: EXIF, and where that says nothing XMP.
struct ToldOrientation {
    std::optional<int> exif;
    std::optional<int> xmp;

    int value() const { return exif.value_or(xmp.value_or(1)); }
};

inline Error broken_image(std::string_view format, std::string_view why)
{
    return {Errc::invalid_argument, "the " + std::string(format) + " image is damaged (" + std::string(why) +
                                        "): send the whole file as it was written"};
}

} // namespace learning_loop
