#pragma once

#include <opencv2/core/mat.hpp>

#include <optional>
#include <span>

namespace learning_loop {

/// How an image of any size fits into the input of a model: scaled by one factor and centred, the rest is filled with
/// gray.
class Letterbox {
public:
    static constexpr int fill_gray = 114; ///< Of 255; what the trainers of this head pad with.

    /// Both sizes in pixels, at least 1x1.
    Letterbox(cv::Size image, cv::Size input);

    /// Where in the input the image lies.
    cv::Rect inner() const { return inner_; }

    /// Fills `planes` (3 x input height x input width: red, green, blue from 0 to 1) with an 8 bit BGR image, which
    /// must have the size that the constructor was given. Throws cv::Exception if a size or type is another.
    void fill(cv::Mat const& bgr, std::span<float> planes) const;

    /// A box from the model, in pixels of its input, as whole pixels of the image and cut off at its border. Returns
    /// nullopt if less than a pixel of it is left.
    std::optional<cv::Rect> to_image(cv::Rect2d const& box) const;

private:
    cv::Size image_;
    cv::Size input_;
    cv::Rect inner_;
};

} // namespace learning_loop
