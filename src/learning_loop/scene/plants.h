#pragma once

#include "learning_loop/scene/canvas.h"

namespace learning_loop {

inline constexpr int crop_kinds = 4;
inline constexpr int weed_kinds = 5;

/// How the green of one plant looks. Crops and weeds draw theirs from the same range.
struct Foliage {
    double hue;        ///< Degrees.
    double saturation; ///< 0 to 1.
    double value;      ///< 0 to 1.
};

/// A crop plant seen from above; `kind` is 0 to 3. The kinds differ by the shape of their leaves only: 0 has broad
/// smooth leaves, 1 deeply lobed ones, 2 long straps, 3 round discs on stalks.
Cutout draw_crop(int kind, double radius_px, Foliage const& foliage, Canvas const& canvas, Random& random);

/// A weed seen from above; `kind` is 0 to 4: 0 grass, 1 a rosette of saw-toothed leaves, 2 trefoils, 3 a creeper with
/// small leaves in pairs, 4 few rhombic leaves.
Cutout draw_weed(int kind, double radius_px, Foliage const& foliage, Canvas const& canvas, Random& random);

} // namespace learning_loop
