#include "learning_loop/data/image_metadata.h"

#include "learning_loop/json/every_field_is_described.h"

namespace learning_loop {

static_assert(every_field_is_described<ImageMetadata> && every_field_is_described<ImagesMetadata>);

boost::json::value JsonForm<ImageMetadata>::to_json(ImageMetadata const& metadata)
{
    return object_of(metadata);
}

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

boost::json::value json_of(ImageMetadata const& metadata)
{
    return to_json(metadata);
}

Result<ImageMetadata> image_metadata_from(boost::json::value const& value)
{
    return from_json<ImageMetadata>(value);
}

} // namespace learning_loop
