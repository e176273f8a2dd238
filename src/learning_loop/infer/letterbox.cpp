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

/// Halved as often as it goes and bilinear for the rest: nearly what averaging areas gives, from which the trainer's
/// network learned, at a tenth of its time. Bilinear alone skips pixels of a large image.
cv::Mat scaled(cv::Mat const& bgr, cv::Size size)
{
    cv::Mat image = bgr;
    while (image.cols >= 2 * size.width && image.rows >= 2 * size.height) {
        cv::Size const half(image.cols / 2, image.rows / 2);
        cv::Mat halved;
        cv::resize(image(cv::Rect({0, 0}, half * 2)), halved, half, 0, 0, cv::INTER_AREA);
        image = halved;
    }
    if (image.size() == size) return image;
    cv::Mat resized;
    cv::resize(image, resized, size, 0, 0, cv::INTER_LINEAR);
    return resized;
}

void fill_around(cv::Mat plane, cv::Rect inner, double value)
{
    plane.rowRange(0, inner.y).setTo(value);
    plane.rowRange(inner.br().y, plane.rows).setTo(value);
    plane.colRange(0, inner.x).setTo(value);
    plane.colRange(inner.br().x, plane.cols).setTo(value);
}

} // namespace

Letterbox::Letterbox(cv::Size image, cv::Size input) : image_(image), input_(input), inner_(centred(image, input)) {}

void Letterbox::fill(cv::Mat const& bgr, std::span<float> planes) const
{
    CV_Assert(bgr.size() == image_ && bgr.type() == CV_8UC3);
    CV_Assert(planes.size() == 3 * static_cast<std::size_t>(input_.area()));
    constexpr double max_value = 255;
    cv::Mat const fitted = scaled(bgr, inner_.size());
    std::array<cv::Mat, 3> targets; // blue, green, red, as the image has them
    for (std::size_t i = 0; i < targets.size(); ++i) {
        cv::Mat const plane(input_, CV_32F, planes.data() + (2 - i) * static_cast<std::size_t>(input_.area()));
        fill_around(plane, inner_, fill_gray / max_value);
        targets[i] = plane(inner_);
    }
    // Split and converted by OpenCV, which has vector code for whatever CPU it runs on; a loop of our own has not. Some
    // rows at a time, so that the bytes between the two steps stay in the cache.
    constexpr int rows_at_a_time = 32;
    std::array<cv::Mat, 3> channels;
    for (int y = 0; y < fitted.rows; y += rows_at_a_time) {
        cv::Range const rows(y, std::min(y + rows_at_a_time, fitted.rows));
        cv::split(fitted.rowRange(rows), channels.data());
        for (std::size_t i = 0; i < channels.size(); ++i)
            channels[i].convertTo(targets[i].rowRange(rows), CV_32F, 1 / max_value);
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
