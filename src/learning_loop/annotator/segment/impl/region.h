#pragma once

#include "learning_loop/annotator/segment/object_cutter.h"

#include <opencv2/core/mat.hpp>

namespace learning_loop {

/// A part of an image, made smaller if it has too many pixels.
class Region {
public:
    /// `place`: pixels of the image, at least one, all within it.
    Region(cv::Mat const& bgr, cv::Rect place, double max_pixels);

    Region shrunk(double max_pixels) const; ///< The same part.

    cv::Mat const& bgr() const { return bgr_; } ///< Not scaled: those of the image, not to be written.
    cv::Size size() const { return bgr_.size(); }
    double scale() const { return static_cast<double>(bgr_.cols) / place_.width; } ///< At most 1.

    cv::Rect inner(cv::Rect box) const;     ///< A box of the image in pixels of the region: all that it touches.
    cv::Point outer(cv::Point pixel) const; ///< Back to the image: the pixel at the middle of this one.

    /// Draws this stroke into a picture of the region.
    void draw(Stroke const& stroke, cv::Mat& picture, int value, int width_px) const;

private:
    Region(cv::Rect place, cv::Mat const& bgr, double max_pixels);
    cv::Point inner(cv::Point pixel) const;

    cv::Rect place_;
    cv::Mat bgr_;
};

} // namespace learning_loop
