#include "learning_loop/scene/camera.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace learning_loop {
namespace {

using std::numbers::pi;
constexpr int step = 4; // light changes slowly over the picture: a quarter of the resolution is enough

struct Light {
    cv::Mat gain;  // 32 bit float, what the picture is multiplied with
    cv::Mat glare; // 32 bit float, what is added
    std::array<float, 3> tint;
};

void cast_shadow(cv::Mat& gain, double darkest, Random& random)
{
    cv::Mat shade = cv::Mat::zeros(gain.size(), CV_32F);
    cv::Point2d const at(random.uniform(0, gain.cols), random.uniform(0, gain.rows));
    auto const reach = std::hypot(gain.cols, gain.rows);
    auto const corners = random.integer(3, 6);
    std::vector<cv::Point> outline;
    for (int i = 0; i < corners; ++i) {
        auto const angle = 2 * pi * (i + random.uniform(-0.3, 0.3)) / corners;
        outline.emplace_back(at + cv::Point2d(std::cos(angle), std::sin(angle)) * (reach * random.uniform(0.1, 0.6)));
    }
    cv::fillPoly(shade, std::vector{outline}, cv::Scalar::all(random.uniform(0.2, darkest)));
    auto const softness = 2 * random.integer(1, 5) + 1;
    cv::blur(shade, shade, {softness, softness});
    gain = gain.mul(1 - shade);
}

void dazzle(cv::Mat& glare, Random& random)
{
    cv::Point2d const at(random.uniform(0, glare.cols), random.uniform(0, glare.rows));
    auto const radius = glare.cols * random.uniform(0.1, 0.4);
    auto const strength = random.uniform(40, 130);
    for (int y = 0; y < glare.rows; ++y) {
        for (int x = 0; x < glare.cols; ++x) {
            auto const distance = std::hypot(x - at.x, y - at.y) / radius;
            glare.at<float>(y, x) += static_cast<float>(strength * std::exp(-distance * distance));
        }
    }
}

Light random_light(cv::Size size, Random& random)
{
    cv::Size const small(size.width / step + 1, size.height / step + 1);
    auto const dusk = random.chance(0.2);
    auto const level = dusk ? random.uniform(0.42, 0.62) : random.uniform(0.75, 1.25);
    auto const warmth = random.uniform(-0.14, 0.14);
    Light light{cv::Mat(small, CV_32F), cv::Mat::zeros(small, CV_32F), {}};
    light.tint = {static_cast<float>(1 - warmth + (dusk ? 0.1 : 0)),
                  static_cast<float>(1 + random.uniform(-0.07, 0.07)), static_cast<float>(1 + warmth)};
    auto const falloff = random.uniform(0, 0.35);
    auto const angle = random.uniform(0, 2 * pi);
    for (int y = 0; y < small.height; ++y) {
        for (int x = 0; x < small.width; ++x) {
            auto const along =
                ((x * 2.0 / small.width - 1) * std::cos(angle) + (y * 2.0 / small.height - 1) * std::sin(angle)) / 1.42;
            light.gain.at<float>(y, x) = static_cast<float>(level * (1 + falloff * along));
        }
    }
    for (int shadows = random.chance(0.35) ? random.integer(1, 2) : 0; shadows > 0; --shadows)
        cast_shadow(light.gain, dusk ? 0.35 : 0.62, random);
    if (random.chance(0.2)) dazzle(light.glare, random);
    return light;
}

void blur(cv::Mat& bgr, double scale, Random& random)
{
    if (random.chance(0.15)) {
        auto const length = std::max(3, cvRound(scale * random.uniform(3, 7)) | 1);
        auto const sideways = random.chance(0.5);
        cv::blur(bgr, bgr, sideways ? cv::Size(length, 1) : cv::Size(1, length));
        return;
    }
    auto const sigma = scale * (random.chance(0.2) ? random.uniform(1, 2.2) : random.uniform(0.35, 0.8));
    cv::GaussianBlur(bgr, bgr, {0, 0}, sigma);
}

void expose(cv::Mat& bgr, Light const& light, float noise, Random& random)
{
    cv::Mat gain, glare;
    cv::resize(light.gain, gain, bgr.size(), 0, 0, cv::INTER_LINEAR);
    cv::resize(light.glare, glare, bgr.size(), 0, 0, cv::INTER_LINEAR);
    for (int y = 0; y < bgr.rows; ++y) {
        auto* out = bgr.ptr<cv::Vec3b>(y);
        auto const* g = gain.ptr<float>(y);
        auto const* add = glare.ptr<float>(y);
        for (int x = 0; x < bgr.cols; ++x) {
            auto bits = random.next();
            for (std::size_t c = 0; c < 3; ++c, bits >>= 16U) {
                // The sum of two bytes is near enough to the bell curve of a sensor's noise.
                auto const bell =
                    static_cast<float>(static_cast<int>((bits & 255U) + ((bits >> 8U) & 255U)) - 255) / 104;
                auto& value = out[x][static_cast<int>(c)];
                value = cv::saturate_cast<std::uint8_t>(static_cast<float>(value) * g[x] * light.tint[c] + add[x] +
                                                        noise * bell);
            }
        }
    }
}

} // namespace

void photograph(cv::Mat& bgr, double scale, Random& random)
{
    auto const light = random_light(bgr.size(), random);
    blur(bgr, scale, random);
    auto const noise = static_cast<float>(random.chance(0.25) ? random.uniform(6, 14) : random.uniform(1, 5));
    expose(bgr, light, noise, random);
}

} // namespace learning_loop
