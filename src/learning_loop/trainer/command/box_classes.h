#pragma once

#include "learning_loop/data/category.h"
#include "learning_loop/data/training_image.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// A box of a class: corners in pixels of the upright image.
struct ClassBox {
    int class_index = 0;
    double x1 = 0;
    double y1 = 0;
    double x2 = 0;
    double y2 = 0;
};

/// What a detector of boxes tells apart: the categories of boxes and of points, in the order of the training.
class BoxClasses {
public:
    explicit BoxClasses(std::vector<Category> const& categories);

    std::vector<Category> const& categories() const { return categories_; } ///< By index.
    std::optional<int> index_of(std::string const& category_id) const;
    bool is_of_points(int index) const; ///< Of an index that there is.

    /// The annotations of an image as boxes, clipped to it. A point becomes a box of its category's point size, 20
    /// pixels if that is not told. What has no area left or no class is left out.
    std::vector<ClassBox> boxes_of(TrainingImage const& image) const;

private:
    std::vector<Category> categories_;
    std::map<std::string, int> indices_; ///< By the category's id.
};

/// The part of a box that lies in a picture of that size; nullopt: nothing of it does, or it is not finite.
std::optional<ClassBox> clipped(ClassBox box, double width, double height);

/// How much of what two boxes cover together both of them cover: 0 to 1.
double intersection_over_union(ClassBox const& a, ClassBox const& b);

} // namespace learning_loop
