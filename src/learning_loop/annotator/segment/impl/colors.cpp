#include "learning_loop/annotator/segment/impl/colors.h"

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

namespace learning_loop {
namespace {

/// What colours differ by anyway: as a camera's noise does, and as light and shadow do, which the ground around an
/// object may not show. Added to a covariance.
cv::Matx33d const noise = cv::Matx33d::diag(cv::Vec3d(5e-3, 1e-4, 1e-4));

cv::Mat logarithms()
{
    constexpr float darkness = 8; // of 255: below, colours are mostly noise
    cv::Mat table(1, 256, CV_32F);
    for (int value = 0; value < 256; ++value) table.at<float>(value) = std::log(static_cast<float>(value) + darkness);
    return table;
}

} // namespace

cv::Mat shadeless_colors(cv::Mat const& bgr)
{
    constexpr double blur_px = 0.8; // less noise
    constexpr float brightness = 0.1F;
    static cv::Mat const table = logarithms();
    cv::Mat smooth, logs, colors;
    cv::GaussianBlur(bgr, smooth, {}, blur_px);
    cv::LUT(smooth, table, logs);
    cv::transform(logs, colors, cv::Matx33f(brightness, brightness, brightness, 0, 1, -1, -1, 1, 0));
    return colors;
}

cv::Mat as_bytes(cv::Mat const& colors)
{
    constexpr double middle = 128, deviation = 40;
    cv::Scalar mean, spread;
    cv::meanStdDev(colors, mean, spread);
    auto const scale = deviation / std::max({spread[0], spread[1], spread[2], 1e-3});
    cv::Mat bytes;
    cv::Mat(colors - mean).convertTo(bytes, CV_8U, scale, middle);
    return bytes;
}

ColorStatistics statistics_of(cv::Mat const& colors, cv::Mat const& mask)
{
    ColorStatistics found;
    cv::Matx33d squares = cv::Matx33d::zeros();
    for (int y = 0; y < colors.rows; ++y) {
        auto const* named = mask.ptr<std::uint8_t>(y);
        auto const* row = colors.ptr<cv::Vec3f>(y);
        for (int x = 0; x < colors.cols; ++x) {
            if (named[x] == 0) continue;
            cv::Vec3d const color = row[x];
            found.mean += color;
            squares += color * color.t();
            ++found.pixels;
        }
    }
    if (found.pixels == 0) return found;
    found.mean *= 1.0 / found.pixels;
    found.covariance = squares * (1.0 / found.pixels) - found.mean * found.mean.t();
    return found;
}

cv::Mat distances(cv::Mat const& colors, ColorStatistics const& from)
{
    auto const inverse = (from.covariance + noise).inv();
    cv::Mat far(colors.size(), CV_32F);
    for (int y = 0; y < colors.rows; ++y) {
        auto const* row = colors.ptr<cv::Vec3f>(y);
        for (int x = 0; x < colors.cols; ++x) {
            auto const apart = cv::Vec3d(row[x]) - from.mean;
            far.at<float>(y, x) = static_cast<float>(std::sqrt(std::max(0.0, apart.dot(inverse * apart))));
        }
    }
    return far;
}

cv::Mat between(cv::Mat const& colors, ColorStatistics const& low, ColorStatistics const& high)
{
    auto const apart = high.mean - low.mean;
    cv::Vec3d across = (low.covariance + high.covariance + noise).inv() * apart; // Fisher's linear discriminant
    across *= 1 / std::max(across.dot(apart), 1e-9);
    auto const middle = across.dot(low.mean + high.mean) / 2;
    cv::Mat seen;
    cv::transform(colors, seen, cv::Matx14d(across[0], across[1], across[2], -middle));
    return seen;
}

} // namespace learning_loop
