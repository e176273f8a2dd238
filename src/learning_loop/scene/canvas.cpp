#include "learning_loop/scene/canvas.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace learning_loop {
namespace {

constexpr int grain_size = 256;
constexpr int margin_px = 6; // room for the soft edge of the shadow
constexpr float shadow_depth = 0.55F;

std::uint8_t mix(std::uint8_t below, float top, float share)
{
    return cv::saturate_cast<std::uint8_t>(static_cast<float>(below) * (1 - share) + top * share);
}

void darken(cv::Mat& bgr, cv::Mat const& alpha, cv::Point corner)
{
    auto const seen = cv::Rect(corner, alpha.size()) & cv::Rect({}, bgr.size());
    for (int y = seen.y; y < seen.y + seen.height; ++y) {
        auto const* a = alpha.ptr<std::uint8_t>(y - corner.y);
        auto* out = bgr.ptr<cv::Vec3b>(y);
        for (int x = seen.x; x < seen.x + seen.width; ++x) {
            auto const share = static_cast<float>(a[x - corner.x]) * (shadow_depth / 255);
            if (share > 0)
                for (int c = 0; c < 3; ++c) out[x][c] = mix(out[x][c], 0, share);
        }
    }
}

} // namespace

int Cutout::area_px() const
{
    return cv::countNonZero(alpha >= 128);
}

Cutout empty_cutout(double radius_px, cv::Vec3f const& colour)
{
    auto const half = static_cast<int>(std::ceil(radius_px)) + margin_px;
    cv::Size const size(2 * half + 1, 2 * half + 1);
    return {cv::Mat(size, CV_8UC3, scalar(colour)), cv::Mat::zeros(size, CV_8U), cv::Point2d(half, half)};
}

void lay(Canvas& canvas, Cutout const& cutout, cv::Point at, int owner, double height_px)
{
    cv::Point const corner = at - cv::Point(cutout.root);
    auto const seen = cv::Rect(corner, cutout.alpha.size()) & cv::Rect({}, canvas.bgr.size());
    if (seen.empty()) return;
    cv::Mat shadow;
    cv::blur(cutout.alpha, shadow, {5, 5});
    darken(canvas.bgr, shadow, corner + cv::Point(canvas.sun * height_px));
    for (int y = seen.y; y < seen.y + seen.height; ++y) {
        auto const* alpha = cutout.alpha.ptr<std::uint8_t>(y - corner.y);
        auto const* top = cutout.bgr.ptr<cv::Vec3b>(y - corner.y);
        auto* out = canvas.bgr.ptr<cv::Vec3b>(y);
        auto* owners = canvas.owner.ptr<std::uint8_t>(y);
        for (int x = seen.x; x < seen.x + seen.width; ++x) {
            auto const share = alpha[x - corner.x];
            if (share == 0) continue;
            for (int c = 0; c < 3; ++c)
                out[x][c] = mix(out[x][c], top[x - corner.x][c], static_cast<float>(share) / 255);
            if (share >= 128) owners[x] = static_cast<std::uint8_t>(owner);
        }
    }
}

void roughen(Cutout& cutout, cv::Mat const& grain, cv::Point offset, float depth)
{
    for (int y = 0; y < cutout.bgr.rows; ++y) {
        auto* out = cutout.bgr.ptr<cv::Vec3b>(y);
        auto const* alpha = cutout.alpha.ptr<std::uint8_t>(y);
        for (int x = 0; x < cutout.bgr.cols; ++x) {
            if (alpha[x] == 0) continue;
            auto const gain = 1 + depth * grain_at(grain, x + offset.x, y + offset.y);
            for (int c = 0; c < 3; ++c) out[x][c] = mix(0, static_cast<float>(out[x][c]) * gain, 1);
        }
    }
}

float grain_at(cv::Mat const& grain, int x, int y)
{
    auto const mirrored = [](int v) {
        v &= 2 * grain_size - 1;
        return v < grain_size ? v : 2 * grain_size - 1 - v;
    };
    return static_cast<float>(grain.at<std::uint8_t>(mirrored(y), mirrored(x))) / 127.5F - 1;
}

cv::Mat smooth_noise(cv::Size size, double cell_px, Random& random)
{
    auto const cells = [cell_px](int length) {
        return std::max(2, static_cast<int>(std::lround(length / cell_px)) + 2);
    };
    cv::Mat grid(cells(size.height), cells(size.width), CV_32F);
    for (int y = 0; y < grid.rows; ++y) {
        for (int x = 0; x < grid.cols; ++x) grid.at<float>(y, x) = static_cast<float>(random.uniform(-1, 1));
    }
    cv::Mat noise;
    cv::resize(grid, noise, size, 0, 0, cell_px > 6 ? cv::INTER_CUBIC : cv::INTER_LINEAR);
    return noise;
}

cv::Mat make_grain(Random& random)
{
    cv::Size const size(grain_size, grain_size);
    cv::Mat sum = smooth_noise(size, 24, random) * 0.5 + smooth_noise(size, 8, random) * 0.45 +
                  smooth_noise(size, 2.5, random) * 0.4;
    cv::Mat grain;
    sum.convertTo(grain, CV_8U, 127.5, 127.5);
    return grain;
}

cv::Vec3f colour(double hue, double saturation, double value)
{
    auto const channel = [&](double n) {
        auto const k = std::fmod(n + hue / 60, 6.0);
        return static_cast<float>(255 * value * (1 - saturation * std::clamp(std::min(k, 4 - k), 0.0, 1.0)));
    };
    return {channel(1), channel(3), channel(5)};
}

cv::Scalar scalar(cv::Vec3f const& colour)
{
    return {colour[0], colour[1], colour[2]};
}

} // namespace learning_loop
