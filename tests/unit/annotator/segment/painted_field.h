#pragma once

#include "learning_loop/annotator/segment/object_cutter.h"

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include <cstdint>
#include <vector>

namespace learning_loop {

/// A picture of one object, whose pixels are known.
struct PaintedField {
    cv::Mat bgr;
    cv::Mat object; ///< 8 bit, 255 where it is.
};

/// Noise as a camera makes it, the same on each run.
inline void add_noise(cv::Mat& bgr, double deviation)
{
    cv::RNG random(7);
    cv::Mat noise(bgr.size(), CV_16SC3), noisy;
    random.fill(noise, cv::RNG::NORMAL, 0, deviation);
    cv::add(bgr, noise, noisy, {}, CV_16SC3);
    noisy.convertTo(bgr, CV_8UC3);
}

inline cv::Scalar const brown(60, 90, 120), green(50, 130, 60);

/// Green disks on brown ground.
inline PaintedField paint_disks(cv::Size size, std::vector<cv::Point> const& centres, int radius)
{
    PaintedField field{cv::Mat(size, CV_8UC3, brown), cv::Mat::zeros(size, CV_8U)};
    for (auto const& at : centres) {
        cv::circle(field.bgr, at, radius, green, cv::FILLED);
        cv::circle(field.object, at, radius, cv::Scalar::all(255), cv::FILLED);
    }
    add_noise(field.bgr, 5);
    return field;
}

/// A green star of four pairs of leaves on brown ground, a little out of focus.
inline PaintedField paint_star(cv::Size size, cv::Point centre, int radius)
{
    auto field = paint_disks(size, {centre}, radius / 4);
    for (int pair = 0; pair < 4; ++pair) {
        cv::RotatedRect const place(centre, cv::Size(2 * radius, radius / 3), static_cast<float>(45 * pair));
        cv::ellipse(field.bgr, place, green, cv::FILLED);
        cv::ellipse(field.object, place, cv::Scalar::all(255), cv::FILLED);
    }
    cv::GaussianBlur(field.bgr, field.bgr, {}, 1.5);
    add_noise(field.bgr, 5);
    return field;
}

inline cv::Mat filled(std::vector<cv::Point> const& outline, cv::Size size)
{
    cv::Mat mask = cv::Mat::zeros(size, CV_8U);
    if (!outline.empty()) cv::fillPoly(mask, std::vector{outline}, cv::Scalar::all(255));
    return mask;
}

/// How much the outline and the object share of what either covers.
inline double overlap(std::vector<cv::Point> const& outline, cv::Mat const& object)
{
    auto const mask = filled(outline, object.size());
    return 1.0 * cv::countNonZero(mask & object) / cv::countNonZero(mask | object);
}

} // namespace learning_loop
