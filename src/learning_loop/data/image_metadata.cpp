#include "learning_loop/data/image_metadata.h"

namespace learning_loop {

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
