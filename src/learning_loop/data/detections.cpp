#include "learning_loop/data/detections.h"

#include "learning_loop/json/every_field_is_described.h"

namespace learning_loop {

static_assert(every_field_is_described<BoxDetection> && every_field_is_described<PointDetection> &&
              every_field_is_described<SegmentationDetection> && every_field_is_described<ClassificationDetection> &&
              every_field_is_described<Detections>);

boost::json::value JsonForm<Detections>::to_json(Detections const& detections)
{
    auto object = object_of(detections);
    auto& written = object.at("segmentation_detections").as_array();
    for (std::size_t i = 0; i < written.size(); ++i)
        written[i].as_object()["shape"] = polygon_of(detections.segmentation_detections[i].shape);
    return object;
}

Result<Detections> JsonForm<Detections>::from_json(boost::json::value const& value, JsonPath const& path)
{
    return read_fields<Detections>(value, path);
}

} // namespace learning_loop
