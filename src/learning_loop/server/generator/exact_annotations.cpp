#include "learning_loop/server/generator/exact_annotations.h"

#include "learning_loop/scene/field_scene.h"
#include "learning_loop/server/generator/category_looks.h"

#include <algorithm>
#include <array>

namespace learning_loop {

std::optional<int> main_crop(FieldScene const& scene, std::int64_t kinds)
{
    std::array<int, category_looks.size()> area_px{};
    for (auto const& plant : scene.plants) {
        if (plant.crop < kinds) area_px.at(static_cast<std::size_t>(plant.crop)) += plant.area_px;
    }
    auto const most = std::max_element(area_px.begin(), area_px.end());
    return *most == 0 ? std::nullopt : std::optional(static_cast<int>(most - area_px.begin()));
}

Annotations exact_annotations(FieldScene const& scene, GeneratorRequest const& request)
{
    Annotations all;
    for (auto const& [crop, box, stem, area_px, outline] : scene.plants) {
        if (crop < *request.box_categories)
            all.box_annotations.push_back({category_name(crop, "box"), box.x, box.y, box.width, box.height, {}});
        if (crop < *request.point_categories && box.contains(stem))
            all.point_annotations.push_back({category_name(crop, "point"), stem.x, stem.y, {}});
        if (crop < *request.segmentation_categories) {
            auto& mask = all.segmentation_annotations.emplace_back();
            mask.category_name = category_name(crop, "segmentation");
            for (auto const& at : outline) mask.shape.points.push_back({double(at.x), double(at.y)});
        }
    }
    if (auto const crop = main_crop(scene, *request.classification_categories))
        all.classification_annotation = {category_name(*crop, "classification"), {}};
    return all;
}

} // namespace learning_loop
