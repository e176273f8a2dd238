#include "learning_loop/data/detections.h"

namespace learning_loop {

boost::json::value JsonForm<Detections>::to_json(Detections const& detections)
{
    auto object = object_of(detections);
    auto& written = object.at("segmentation_detections").as_array();
    for (std::size_t i = 0; i < written.size(); ++i)
        written[i].as_object()["shape"] = polygon_of(detections.segmentation_detections[i].shape);
    return object;
}

template JsonType const& json_type<BoxDetection>();
template JsonType const& json_type<PointDetection>();
template JsonType const& json_type<SegmentationDetection>();
template JsonType const& json_type<ClassificationDetection>();
template JsonType const& json_type<Detections>();

} // namespace learning_loop
