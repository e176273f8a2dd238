#include "learning_loop/trainer/command/box_classes.h"

#include <algorithm>
#include <cmath>

namespace learning_loop {
namespace {

constexpr int default_point_size = 20;

double area(double x1, double y1, double x2, double y2)
{
    return std::max(x2 - x1, 0.0) * std::max(y2 - y1, 0.0);
}

} // namespace

BoxClasses::BoxClasses(std::vector<Category> const& categories)
{
    for (auto const& category : categories) {
        auto const type = category.type.value_or("box");
        if (type != "box" && type != "point") continue;
        indices_.emplace(category.id, static_cast<int>(categories_.size()));
        categories_.push_back(category);
    }
}

std::optional<int> BoxClasses::index_of(std::string const& category_id) const
{
    auto const found = indices_.find(category_id);
    return found == indices_.end() ? std::nullopt : std::optional(found->second);
}

bool BoxClasses::is_of_points(int index) const
{
    return categories_.at(static_cast<std::size_t>(index)).type == "point";
}

std::vector<ClassBox> BoxClasses::boxes_of(TrainingImage const& image) const
{
    std::vector<ClassBox> boxes;
    auto const add = [&](ClassBox const& box) {
        if (auto const inside = clipped(box, image.width, image.height)) boxes.push_back(*inside);
    };
    for (auto const& box : image.box_annotations) {
        auto const index = index_of(box.category_id);
        if (index) add({*index, box.x, box.y, box.x + box.width, box.y + box.height});
    }
    for (auto const& point : image.point_annotations) {
        auto const index = index_of(point.category_id);
        if (!index) continue;
        auto const size = categories_[static_cast<std::size_t>(*index)].point_size.value_or(default_point_size);
        auto const half = (size > 0 ? size : default_point_size) / 2.0;
        add({*index, point.x - half, point.y - half, point.x + half, point.y + half});
    }
    return boxes;
}

std::optional<ClassBox> clipped(ClassBox box, double width, double height)
{
    if (!std::isfinite(box.x1) || !std::isfinite(box.y1) || !std::isfinite(box.x2) || !std::isfinite(box.y2)) return {};
    box.x1 = std::clamp(box.x1, 0.0, width);
    box.x2 = std::clamp(box.x2, 0.0, width);
    box.y1 = std::clamp(box.y1, 0.0, height);
    box.y2 = std::clamp(box.y2, 0.0, height);
    if (area(box.x1, box.y1, box.x2, box.y2) <= 0) return std::nullopt;
    return box;
}

double intersection_over_union(ClassBox const& a, ClassBox const& b)
{
    auto const both = area(std::max(a.x1, b.x1), std::max(a.y1, b.y1), std::min(a.x2, b.x2), std::min(a.y2, b.y2));
    auto const either = area(a.x1, a.y1, a.x2, a.y2) + area(b.x1, b.y1, b.x2, b.y2) - both;
    return either > 0 ? both / either : 0;
}

} // namespace learning_loop
