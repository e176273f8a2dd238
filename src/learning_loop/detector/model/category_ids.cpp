#include "learning_loop/detector/model/category_ids.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace learning_loop {
namespace {

/// Looked up once for each mark, of which a client may send tens of thousands.
class KnownCategories {
public:
    explicit KnownCategories(ModelInformation const& model)
    {
        for (auto const& category : model.categories) {
            by_name_.emplace(category.name, &category); // the first of a name counts
            ids_.insert(category.id);
        }
    }

    Category const* find_by_name(std::string const& name) const
    {
        auto const found = by_name_.find(name);
        return found == by_name_.end() ? nullptr : found->second;
    }
    bool has_id(std::optional<std::string> const& id) const { return id && !id->empty() && ids_.contains(*id); }

private:
    std::unordered_map<std::string_view, Category const*> by_name_;
    std::unordered_set<std::string_view> ids_;
};

/// The first few names, since the line is for people.
std::string listed(std::set<std::string> const& names)
{
    constexpr std::size_t max_listed = 10;
    std::string text;
    std::size_t count = 0;
    for (auto const& name : names) {
        if (++count > max_listed) return text + " and " + std::to_string(names.size() - max_listed) + " more";
        text += (text.empty() ? "" : ", ") + printable(name);
    }
    return text;
}

template <class Use>
void for_each_detection(ImageMetadata& metadata, Use const& use)
{
    for (auto& box : metadata.box_detections) use(box);
    for (auto& point : metadata.point_detections) use(point);
    for (auto& shape : metadata.segmentation_detections) use(shape);
    for (auto& whole : metadata.classification_detections) use(whole);
}

template <class Use>
void for_each_annotation(ImageMetadata& metadata, Use const& use)
{
    for (auto& box : metadata.box_annotations) use(box);
    for (auto& point : metadata.point_annotations) use(point);
    if (metadata.classification_annotation) use(*metadata.classification_annotation);
}

} // namespace

void complete_detections(ImageMetadata& found, ModelInformation const& model)
{
    KnownCategories const known(model);
    for_each_detection(found, [&](auto& detection) {
        if (detection.model_name.empty()) detection.model_name = model.version;
        if (detection.category_id && !detection.category_id->empty()) return;
        if (auto const* category = known.find_by_name(detection.category_name)) detection.category_id = category->id;
    });
}

void fill_category_ids(ImageMetadata& uploaded, ModelInformation const& model)
{
    KnownCategories const known(model);
    std::set<std::string> unknown;
    auto const fill = [&](auto& mark) {
        if (known.has_id(mark.category_id)) return;
        auto const* category = known.find_by_name(mark.category_name);
        mark.category_id = category ? category->id : "";
        if (!category) unknown.insert(mark.category_name);
    };
    for_each_detection(uploaded, fill);
    for_each_annotation(uploaded, fill);
    if (!unknown.empty()) log::warn("model {} knows no category named {}", model.version, listed(unknown));
}

} // namespace learning_loop
