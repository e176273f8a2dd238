#pragma once

#include <opencv2/core/mat.hpp>
#include <opencv2/core/types.hpp>

#include <cstddef>
#include <vector>

namespace learning_loop {

/// A line that a person drew over an object, or over what does not belong to it.
struct Stroke {
    std::vector<cv::Point> points; ///< Pixels of the image, also beyond its borders. One is a dot.
    bool on_object = false;
};

/// What a person told of the object that is to be cut out.
struct ObjectHints {
    cv::Rect box;                ///< Around the object, in pixels of the image. Strokes over the object widen it.
    std::vector<Stroke> strokes; ///< Where they cross, the later ones count.
};

/// Of an outline.
constexpr std::size_t max_outline_points = 1000;

/// One closed line around the object in `bgr` (8 bit, three channels), through its outermost pixels, within the box and
/// the image. Strokes over the object lie inside, others outside of it. Parts that do not touch are joined by threads.
/// No point that is left out is further than `epsilon_px` (0 to 100, else the nearest of these) from the line, unless
/// there would be more than `max_outline_points`. Empty: nothing was found, which strokes will change; or the box has
/// no pixel in the image. The same hints find the same line. Takes some 10 ms of one core, for images of 50 megapixels
/// as well: large objects are looked at in less detail. Any number of threads may call it at the same time.
std::vector<cv::Point> cut_object(cv::Mat const& bgr, ObjectHints const& hints, double epsilon_px);

} // namespace learning_loop
