#pragma once

#include "learning_loop/data/detections.h"

#include <cstddef>
#include <variant>
#include <vector>

// Where a detection lies in its image, and which places are similar.

namespace learning_loop {

/// Pixels of the image, as a BoxDetection has them.
struct BoxPlace {
    int x, y, width, height;
};

using Place = std::variant<BoxPlace, Point>;

inline Place place_of(BoxDetection const& box)
{
    return BoxPlace{box.x, box.y, box.width, box.height};
}

inline Place place_of(PointDetection const& point)
{
    return Point{point.x, point.y};
}

/// Two boxes that overlap by half (intersection over union >= 0.5), or two points less than 10 pixels apart.
bool is_similar(Place const& a, Place const& b);

/// Whether a place is similar to itself. If not, then to nothing: a box without area, a point at infinity.
bool has_similar(Place const& place);

/// A grid finds what is similar without comparing everything with everything: each place lies in one cell, and all that
/// are similar to it lie in the few `cells_near` it (36 at most, its own among them). Different cells may have the same
/// number, so what a cell holds is yet to be compared. Both want a place that `has_similar`.
std::size_t cell_of(Place const& place);
std::vector<std::size_t> cells_near(Place const& place);

} // namespace learning_loop
