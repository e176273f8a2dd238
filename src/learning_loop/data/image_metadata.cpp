#include "learning_loop/data/image_metadata.h"

namespace learning_loop {

Result<ImageMetadata> JsonForm<ImageMetadata>::from_json(boost::json::value const& value, JsonPath const& path)
{
    auto metadata = read_fields<ImageMetadata>(value, path);
    if (!metadata) return metadata;
    for (auto const* former_name : {"creation_date", "date"}) {
        auto const* date = value.get_object().if_contains(former_name);
        if (metadata->created || !date) continue;
        auto created =
            learning_loop::from_json<std::optional<std::string>>(*date, path / std::string_view(former_name));
        if (!created) return created.error();
        metadata->created = std::move(*created);
    }
    return metadata;
}

std::size_t detection_count(ImageMetadata const& metadata)
{
    return metadata.box_detections.size() + metadata.point_detections.size() + metadata.segmentation_detections.size() +
           metadata.classification_detections.size();
}

template JsonType const& json_type<ImageMetadata>();
template JsonType const& json_type<ImagesMetadata>();

} // namespace learning_loop
