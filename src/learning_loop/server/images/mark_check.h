#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/annotations.h"
#include "learning_loop/data/category.h"
#include "learning_loop/data/detections.h"
#include "learning_loop/data/image_metadata.h"
#include "learning_loop/data/remark.h"

#include <vector>

// Whether annotations and detections make sense: each has an extent, is finite, is not wholly outside of its image, and
// has a category of its own type if the project knows the category. A box whose width or height is negative is turned
// round first, since it is clear what is meant.

namespace learning_loop {

/// Of the upright image, in pixels.
struct ImageSize {
    int width_px = 0;
    int height_px = 0;
};

/// What makes no sense of a node's upload is set aside with a remark.
void set_aside_nonsense(ImageMetadata& metadata, ImageSize size, std::vector<Category> const& categories,
                        Remarks& remarks);

/// The same for what a trained model found; the types of its categories are not looked at, as trainers have always
/// been used to.
void set_aside_nonsense(Detections& detections, ImageSize size, Remarks& remarks);

/// What people write is refused instead, and their categories must be known. Errors: unprocessable; the message names
/// the field.
Result<void> check_annotations(Annotations& annotations, ImageSize size, std::vector<Category> const& categories);

/// The same for an outline that somebody draws with the help of a node.
Result<void> check_outline(ShapeAnnotation annotation, ImageSize size, std::vector<Category> const& categories);

} // namespace learning_loop
