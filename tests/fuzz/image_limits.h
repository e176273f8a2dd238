#pragma once

#include "learning_loop/infer/image_codec.h"

#include "target.h"

#include <vector>

namespace learning_loop::fuzz {

/// Small, so that an input takes no time.
inline ImageLimits image_limits()
{
    ImageLimits limits;
    limits.max_bytes = 1 << 16;
    limits.max_pixels = 1 << 16;
    limits.max_scans = 20;
    return limits;
}

/// What is decoded was within the limits and has the size that its header told; each of the three readers refuses what
/// the one before refuses.
inline void check_decoding(std::string_view bytes)
{
    auto const limits = image_limits();
    auto const header = read_image_header(bytes, limits);
    auto const checked = check_image(bytes, limits);
    auto const pixels = decode_image(bytes, limits);
    require(header.has_value() || !checked, "what is checked has a header");
    require(checked.has_value() || !pixels, "what is decoded was checked");
    require(pixels.has_value() || !pixels.error().message.empty(), "an error tells what is wrong");
    if (!checked) return;
    require(std::int64_t{checked->width_px} * checked->height_px <= limits.max_pixels, "the pixels are limited");
    require(checked->width_px == header->width_px && checked->height_px == header->height_px &&
                checked->orientation == header->orientation && checked->format == header->format,
            "both readers tell the same of the image");
    if (!pixels) return;
    require(pixels->cols == checked->width_px && pixels->rows == checked->height_px,
            "the pixels are as many as the header told");
    require(pixels->type() == CV_8UC3, "the pixels are 8 bit BGR");
}

} // namespace learning_loop::fuzz
