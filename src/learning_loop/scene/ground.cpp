#include "learning_loop/scene/ground.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace learning_loop {
namespace {

using std::numbers::pi;

struct Soil {
    cv::Vec3f dry, wet;
    float relief; // how strongly clods catch the light
};

Soil random_soil(Random& random)
{
    auto const hue = random.uniform(8, 42);
    auto const saturation = random.uniform(0.12, 0.5);
    auto const value = random.uniform(0.32, 0.72);
    return {
        colour(hue, saturation, value),
        colour(hue + random.uniform(-6, 6), saturation * random.uniform(0.9, 1.3), value * random.uniform(0.55, 0.85)),
        static_cast<float>(random.uniform(0.35, 0.8))};
}

// Furrows and large forms change slowly: a quarter of the resolution is enough for them.
cv::Mat large_forms(cv::Size size, Rows const& rows, double scale, Random& random)
{
    auto const step = 4;
    cv::Size const small(size.width / step + 1, size.height / step + 1);
    cv::Mat const warp = smooth_noise(small, 45 * scale, random);
    cv::Mat forms = smooth_noise(small, 30 * scale, random) * 0.5 + smooth_noise(small, 9 * scale, random) * 0.5;
    auto const depth = random.uniform(0.2, 1.6);
    for (int y = 0; y < small.height; ++y) {
        for (int x = 0; x < small.width; ++x) {
            auto const across = step * (x * std::cos(rows.angle) + y * std::sin(rows.angle)) - rows.phase_px;
            auto const wave = std::cos(2 * pi * across / rows.distance_px + 0.8 * warp.at<float>(y, x));
            forms.at<float>(y, x) += static_cast<float>(depth * wave);
        }
    }
    cv::Mat large;
    cv::resize(forms, large, size, 0, 0, cv::INTER_LINEAR);
    return large;
}

void paint_soil(Canvas& canvas, Soil const& soil, cv::Mat const& forms, cv::Mat const& clods)
{
    auto const size = canvas.bgr.size();
    cv::Point const light(cvRound(canvas.sun.x * 2), cvRound(canvas.sun.y * 2));
    for (int y = 0; y < size.height; ++y) {
        auto const lit_row = std::clamp(y + light.y, 0, size.height - 1);
        auto const* form = forms.ptr<float>(y);
        auto const* clod = clods.ptr<float>(y);
        auto const* clod_lit = clods.ptr<float>(lit_row);
        auto const* form_lit = forms.ptr<float>(lit_row);
        auto* out = canvas.bgr.ptr<cv::Vec3b>(y);
        for (int x = 0; x < size.width; ++x) {
            auto const lit = std::clamp(x + light.x, 0, size.width - 1);
            auto const slope = (clod[x] - clod_lit[lit]) + 2 * (form[x] - form_lit[lit]);
            auto const gain = std::max(0.25F, 1 + soil.relief * slope + 0.1F * clod[x]);
            auto const dryness = std::clamp(0.5F + 0.35F * form[x], 0.0F, 1.0F);
            for (int c = 0; c < 3; ++c)
                out[x][c] =
                    cv::saturate_cast<std::uint8_t>((soil.wet[c] + (soil.dry[c] - soil.wet[c]) * dryness) * gain);
        }
    }
}

void scatter_pebbles(Canvas& canvas, Soil const& soil, Random& random)
{
    auto const pebbles = random.integer(15, 90);
    for (int i = 0; i < pebbles; ++i) {
        cv::Point2d const at(random.uniform(0, canvas.bgr.cols), random.uniform(0, canvas.bgr.rows));
        auto const radius = canvas.scale * std::pow(random.uniform(), 3) * 7 + 1;
        cv::Size2d const size(radius, radius * random.uniform(0.6, 0.95));
        auto const angle = random.uniform(0, 180);
        auto const tone = soil.dry * static_cast<float>(random.uniform(0.6, 1.5)) +
                          cv::Vec3f::all(static_cast<float>(random.uniform(-10, 30)));
        auto const ellipse = [&](cv::Point2d centre, cv::Size2d axes, cv::Vec3f const& shade) {
            cv::ellipse(canvas.bgr, cv::RotatedRect(centre, axes * 2.0, static_cast<float>(angle)), scalar(shade),
                        cv::FILLED, cv::LINE_AA);
        };
        ellipse(at + canvas.sun * (radius * 0.4), size, soil.wet * 0.5F);
        ellipse(at, size, tone * 0.85F);
        ellipse(at - canvas.sun * (radius * 0.2), size * 0.65, tone * 1.1F);
    }
}

void grow_moss(Canvas& canvas, Random& random)
{
    auto const radius = canvas.scale * random.uniform(25, 90);
    auto patch =
        empty_cutout(radius, colour(random.uniform(65, 125), random.uniform(0.25, 0.6), random.uniform(0.25, 0.55)));
    cv::Point const offset(random.integer(0, 255), random.integer(0, 255));
    auto const density = random.uniform(0.4, 0.85);
    for (int y = 0; y < patch.alpha.rows; ++y) {
        for (int x = 0; x < patch.alpha.cols; ++x) {
            auto const distance = std::hypot(x - patch.root.x, y - patch.root.y) / radius;
            auto const cover = (1 - distance) * 1.6 +
                               0.9 * static_cast<double>(grain_at(canvas.grain, x / 2 + offset.x, y / 2 + offset.y));
            patch.alpha.at<std::uint8_t>(y, x) =
                cv::saturate_cast<std::uint8_t>(255 * density * std::clamp(cover, 0.0, 1.0));
        }
    }
    cv::blur(patch.alpha, patch.alpha, {7, 7});
    roughen(patch, canvas.grain, offset, 0.5F);
    lay(canvas, patch, cv::Point(random.integer(0, canvas.bgr.cols), random.integer(0, canvas.bgr.rows)), 0, 0);
}

} // namespace

cv::Point2d Rows::nearest(cv::Point2d at) const
{
    cv::Point2d const across(std::cos(angle), std::sin(angle));
    auto const position = at.dot(across) - phase_px;
    return at + across * (std::round(position / distance_px) * distance_px - position);
}

void draw_ground(Canvas& canvas, Rows const& rows, Random& random)
{
    auto const size = canvas.bgr.size();
    auto const soil = random_soil(random);
    cv::Mat const forms = large_forms(size, rows, canvas.scale, random);
    cv::Mat const clods = smooth_noise(size, 14 * canvas.scale, random) * random.uniform(0.3, 0.9) +
                          smooth_noise(size, 5 * canvas.scale, random) * random.uniform(0.2, 0.6) +
                          smooth_noise(size, 2, random) * random.uniform(0.1, 0.35);
    paint_soil(canvas, soil, forms, clods);
    for (int patches = random.integer(0, 4); patches > 0; --patches) grow_moss(canvas, random);
    scatter_pebbles(canvas, soil, random);
}

Cutout draw_mossy_stone(double radius_px, double moss_hue, Canvas const& canvas, Random& random)
{
    auto const stone = colour(random.uniform(20, 60), random.uniform(0.05, 0.2), random.uniform(0.4, 0.75));
    auto const moss = colour(moss_hue, random.uniform(0.35, 0.7), random.uniform(0.35, 0.6));
    auto const cover = static_cast<float>(random.uniform(0, 1.2));
    auto cutout = empty_cutout(radius_px, stone);
    std::vector<cv::Point> outline;
    auto const corners = random.integer(7, 13);
    for (int i = 0; i < corners; ++i) {
        auto const angle = 2 * pi * i / corners;
        outline.emplace_back(cutout.root +
                             cv::Point2d(std::cos(angle), std::sin(angle)) * (radius_px * random.uniform(0.68, 0.98)));
    }
    cv::fillPoly(cutout.alpha, std::vector{outline}, cv::Scalar::all(255), cv::LINE_AA);
    cv::Point const offset(random.integer(0, 255), random.integer(0, 255));
    for (int y = 0; y < cutout.bgr.rows; ++y) {
        for (int x = 0; x < cutout.bgr.cols; ++x) {
            if (cutout.alpha.at<std::uint8_t>(y, x) == 0) continue;
            auto const green =
                std::clamp((grain_at(canvas.grain, x + offset.x, y + offset.y) + cover) * 2.5F, 0.0F, 1.0F);
            auto const slope = canvas.sun.dot(cv::Point2d(x, y) - cutout.root) / radius_px;
            auto const gain = static_cast<float>(1 - 0.4 * slope);
            auto const tone = (stone * (1 - green) + moss * green) * gain;
            for (int c = 0; c < 3; ++c) cutout.bgr.at<cv::Vec3b>(y, x)[c] = cv::saturate_cast<std::uint8_t>(tone[c]);
        }
    }
    roughen(cutout, canvas.grain, offset + cv::Point(90, 40), 0.25F);
    return cutout;
}

void scatter_straw(Canvas& canvas, int straws, Random& random)
{
    for (int i = 0; i < straws; ++i) {
        cv::Point2d const from(random.uniform(0, canvas.bgr.cols), random.uniform(0, canvas.bgr.rows));
        auto const angle = random.uniform(0, 2 * pi);
        cv::Point2d const to =
            from + cv::Point2d(std::cos(angle), std::sin(angle)) * (canvas.scale * random.uniform(12, 110));
        auto const thickness = std::max(1, cvRound(canvas.scale * random.uniform(0.6, 3)));
        auto const green = random.chance(0.3);
        auto const tone = green ? colour(random.uniform(62, 110), random.uniform(0.3, 0.6), random.uniform(0.4, 0.7))
                                : colour(random.uniform(35, 55), random.uniform(0.15, 0.5), random.uniform(0.5, 0.9));
        cv::Point2d const shadow = canvas.sun * (1.5 * thickness);
        cv::line(canvas.bgr, from + shadow, to + shadow, scalar(tone * 0.25F), 1, cv::LINE_AA);
        cv::line(canvas.bgr, from, to, scalar(tone), thickness, cv::LINE_AA);
        cv::line(canvas.owner, from, to, cv::Scalar::all(0), thickness);
        if (thickness > 1) cv::line(canvas.bgr, from, to, scalar(tone * 1.15F), 1, cv::LINE_AA);
    }
}

} // namespace learning_loop
