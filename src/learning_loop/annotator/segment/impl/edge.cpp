#include "learning_loop/annotator/segment/impl/edge.h"

#include "learning_loop/annotator/segment/impl/colors.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

namespace learning_loop {
namespace {

/// The guided filter of He, Sun and Tang, made of box filters: `soft` (0 to 1) with the edges of `guide`.
cv::Mat guided(cv::Mat const& soft, cv::Mat const& guide, int radius_px)
{
    constexpr double flat = 0.1; // squared differences of the guide below this are smoothed
    auto const mean = [side = 2 * radius_px + 1](cv::Mat const& of) {
        cv::Mat found;
        cv::boxFilter(of, found, CV_32F, {side, side});
        return found;
    };
    auto const guide_mean = mean(guide), soft_mean = mean(soft);
    cv::Mat const variance = mean(guide.mul(guide)) - guide_mean.mul(guide_mean);
    cv::Mat const covariance = mean(guide.mul(soft)) - guide_mean.mul(soft_mean);
    cv::Mat const slope = covariance / (variance + flat);
    cv::Mat const offset = soft_mean - slope.mul(guide_mean);
    return mean(slope).mul(guide) + mean(offset);
}

cv::Mat widened(cv::Mat const& mask, int radius_px)
{
    cv::Mat wide;
    auto const side = 2 * radius_px + 1;
    cv::dilate(mask, wide, cv::getStructuringElement(cv::MORPH_RECT, {side, side}));
    return wide;
}

/// From -0.5, as the ground, to 0.5, as the object; without single pixels, which are noise.
cv::Mat likeness(cv::Mat const& colors, ColorStatistics const& ground, ColorStatistics const& object)
{
    cv::Mat likely = cv::max(cv::min(between(colors, ground, object), 0.5), -0.5);
    cv::boxFilter(likely, likely, CV_32F, {3, 3});
    return likely;
}

} // namespace

cv::Mat refined(cv::Mat const& mask, cv::Mat const& bgr)
{
    constexpr double radius_px = 4; // of the smaller picture
    constexpr int min_pixels = 10;
    auto const radius = static_cast<int>(std::lround(radius_px * bgr.cols / mask.cols));
    cv::Mat soft;
    mask.convertTo(soft, CV_32F, 1 / 255.0);
    cv::resize(soft, soft, bgr.size(), 0, 0, cv::INTER_LINEAR);
    cv::Mat const object = soft > 0.5, ground = ~object;
    cv::Mat const band = widened(object, radius) & widened(ground, radius);
    auto const colors = shadeless_colors(bgr);
    auto const inner = statistics_of(colors, object & band), outer = statistics_of(colors, ground & band);
    if (inner.pixels < min_pixels || outer.pixels < min_pixels) return object;
    cv::Mat const filtered = guided(soft, between(colors, outer, inner), radius);
    // Alone, the filter would lose stalks that are too thin for the smaller picture: their colour brings them back.
    cv::Mat const likely = likeness(colors, outer, inner);
    cv::Mat sharp = object.clone();
    cv::Mat(filtered + likely > 0.5).copyTo(sharp, band);
    return sharp;
}

} // namespace learning_loop
