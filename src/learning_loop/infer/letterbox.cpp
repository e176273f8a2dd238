#include "learning_loop/infer/letterbox.h"

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace learning_loop {
namespace {

cv::Rect centred(cv::Size image, cv::Size input)
{
    double const scale = std::min(double{1} * input.width / image.width, double{1} * input.height / image.height);
    int const width = std::clamp(static_cast<int>(std::lround(image.width * scale)), 1, input.width);
    int const height = std::clamp(static_cast<int>(std::lround(image.height * scale)), 1, input.height);
    return {(input.width - width) / 2, (input.height - height) / 2, width, height};
}

} // namespace

Letterbox::Letterbox(cv::Size image, cv::Size input) : image_(image), input_(input), inner_(centred(image, input)) {}

void Letterbox::fill(cv::Mat const& bgr, std::span<float> planes) const
{
    CV_Assert(bgr.size() == image_ && bgr.type() == CV_8UC3);
    CV_Assert(planes.size() == 3 * static_cast<std::size_t>(input_.area()));
    constexpr double most = 255;
    cv::Mat fitted = bgr;
    if (inner_.size() != image_) cv::resize(bgr, fitted, inner_.size(), 0, 0, cv::INTER_LINEAR);

    // Split and converted by OpenCV, which has vector code for whatever CPU it runs on; a loop of our own has not.
    std::array<cv::Mat, 3> channels;
    cv::split(fitted, channels.data());
    for (std::size_t i = 0; i < channels.size(); ++i) {
        cv::Mat plane(input_, CV_32F, planes.data() + i * static_cast<std::size_t>(input_.area()));
        if (inner_.size() != input_) plane = cv::Scalar(fill_gray / most);
        channels[channels.size() - 1 - i].convertTo(plane(inner_), CV_32F, 1 / most);
    }
}

std::optional<cv::Rect> Letterbox::to_image(cv::Rect2d const& box) const
{
    auto const pixel = [](double input_px, int inner_start, int inner_length, int image_length) {
        double const image_px = (input_px - inner_start) * image_length / inner_length;
        return static_cast<int>(std::lround(std::clamp(image_px, 0.0, double{1} * image_length)));
    };
    int const left = pixel(box.x, inner_.x, inner_.width, image_.width);
    int const right = pixel(box.x + box.width, inner_.x, inner_.width, image_.width);
    int const top = pixel(box.y, inner_.y, inner_.height, image_.height);
    int const bottom = pixel(box.y + box.height, inner_.y, inner_.height, image_.height);
    if (right <= left || bottom <= top) return std::nullopt;
    return cv::Rect(left, top, right - left, bottom - top);
}

} // namespace learning_loop
