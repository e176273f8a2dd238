#pragma once

#include "learning_loop/scene/canvas.h"

namespace learning_loop {

/// The lines along which a field was ploughed and sown.
struct Rows {
    double angle;       ///< Of the direction across the rows, radians.
    double distance_px; ///< From row to row.
    double phase_px;

    /// The nearest place to `at` that lies on a row.
    cv::Point2d nearest(cv::Point2d at) const;
};

/// Soil with clods and furrows, moss, pebbles.
void draw_ground(Canvas& canvas, Rows const& rows, Random& random);

/// A stone, more or less overgrown by moss: as green and as large as a plant, but without a box. `moss_hue` is in
/// degrees.
Cutout draw_mossy_stone(double radius_px, double moss_hue, Canvas const& canvas, Random& random);

/// Straws, some of them greenish, across everything that lies there already.
void scatter_straw(Canvas& canvas, int straws, Random& random);

} // namespace learning_loop
