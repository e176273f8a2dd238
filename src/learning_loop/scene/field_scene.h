#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <vector>

namespace learning_loop {

/// A rendered picture of a field and the exact boxes of what grows in it.
struct FieldScene {
    struct Plant {
        int crop;                       ///< Which kind: 0 the common one, 1 the rare one, and so on.
        cv::Rect box;                   ///< The tight box around what is seen of the plant; inside the image, pixels.
        cv::Point2d stem;               ///< Where it stands, pixels; outside the image if the border cuts it off.
        int area_px;                    ///< How many pixels of it are seen.
        std::vector<cv::Point> outline; ///< Of what is seen, as `outline_of` tells it; empty unless the style asks.
    };

    cv::Mat bgr;               ///< 8 bit BGR.
    std::vector<Plant> plants; ///< In the order in which they were drawn: later ones lie above.
};

struct FieldStyle {
    cv::Size size_px{640, 480}; ///< At least 64x64.
    int crops = 2;         ///< How many kinds of crop may grow, 1 to 4. They differ by the shape of their leaves only.
    bool plain = false;    ///< Flat ground, no weeds, no stones, even light: for tests and quick trials.
    bool outlines = false; ///< Whether plants get their outlines; pixels and boxes are the same with them.
};

/// Renders the scene of this seed: the same pixels and boxes on every run. Kind 0 grows nearly everywhere, every other
/// kind in about a third of the scenes and smaller. A plant of which less than a quarter, or less than 80 pixels (at
/// 640x480), is seen has no box, although the rest of it stays in the picture, as a person would annotate it. Any
/// number of threads may render at the same time. Throws std::invalid_argument on a style that is out of its limits.
FieldScene render_field(std::uint64_t seed, FieldStyle const& style);

} // namespace learning_loop
