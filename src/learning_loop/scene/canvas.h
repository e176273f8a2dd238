#pragma once

#include "learning_loop/scene/random.h"

#include <opencv2/core.hpp>

namespace learning_loop {

/// A picture in the making and, for every pixel, which of the numbered plants is seen there.
struct Canvas {
    cv::Mat bgr;           ///< 8 bit BGR.
    cv::Mat owner;         ///< 8 bit, of the same size: 0 for ground, weeds and stones, else the plant's number.
    cv::Mat grain;         ///< 8 bit, square, a power of two wide: the texture that leaves, stones and moss share.
    cv::Point2d sun{0, 1}; ///< The way shadows fall in the image; length 1.
    double scale = 1;      ///< 1 at 640x480; every length in pixels is multiplied by it.
};

/// Something drawn apart from the picture, so that its whole outline is known although only a part of it may be seen.
struct Cutout {
    cv::Mat bgr;      ///< 8 bit BGR.
    cv::Mat alpha;    ///< 8 bit, 255 where it hides what is below. Its outline is alpha >= 128.
    cv::Point2d root; ///< Where it stands, in pixels of the cutout.

    int area_px() const;
};

/// An empty cutout for a thing that reaches `radius_px` from its root in every direction.
Cutout empty_cutout(double radius_px, cv::Vec3f const& colour);

/// Lays a cutout onto the picture, its root at `at` and its shadow beside it, the farther the higher the thing is.
/// `owner` is 0 or the number of the plant.
void lay(Canvas& canvas, Cutout const& cutout, cv::Point at, int owner, double height_px);

/// Multiplies the cutout with the canvas' grain (taken from `offset` on): 1 - depth to 1 + depth.
void roughen(Cutout& cutout, cv::Mat const& grain, cv::Point offset, float depth);

/// The value of the grain at any place, -1 to 1; mirrored beyond its edges.
float grain_at(cv::Mat const& grain, int x, int y);

/// Smooth noise of -1 to 1, 32 bit float, whose features are about `cell_px` wide.
cv::Mat smooth_noise(cv::Size size, double cell_px, Random& random);

/// The texture for `Canvas::grain`.
cv::Mat make_grain(Random& random);

/// A colour of 0 to 255 as BGR; hue in degrees, saturation and value 0 to 1.
cv::Vec3f colour(double hue, double saturation, double value);

cv::Scalar scalar(cv::Vec3f const& colour);

} // namespace learning_loop
