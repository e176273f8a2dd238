#pragma once

#include <opencv2/core/mat.hpp>
#include <opencv2/core/matx.hpp>

namespace learning_loop {

/// How often things differ in colour, rather than in how much light falls on them: 32 bit, three channels: a share of
/// the logarithm of the brightness, and those of green by red and of green by blue. In them a shadow is as near to the
/// ground that it falls on as the plant that throws it is far.
cv::Mat shadeless_colors(cv::Mat const& bgr);

/// The same, spread over 8 bit.
cv::Mat as_bytes(cv::Mat const& colors);

/// Of the colours that a mask (8 bit, as large) names.
struct ColorStatistics {
    int pixels = 0;
    cv::Vec3d mean;
    cv::Matx33d covariance;
};

ColorStatistics statistics_of(cv::Mat const& colors, cv::Mat const& mask);

/// 32 bit, one channel: by how many standard deviations each colour differs from these.
cv::Mat distances(cv::Mat const& colors, ColorStatistics const& from);

/// 32 bit, one channel: the colours seen from where the two kinds differ most: -0.5 is the mean of `low`, 0.5 that of
/// `high`.
cv::Mat between(cv::Mat const& colors, ColorStatistics const& low, ColorStatistics const& high);

} // namespace learning_loop
