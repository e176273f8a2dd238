#include "learning_loop/data/stored_image.h"

namespace learning_loop {

template JsonType const& json_type<StoredBoxAnnotation>();
template JsonType const& json_type<StoredPointAnnotation>();
template JsonType const& json_type<StoredSegmentationAnnotation>();
template JsonType const& json_type<StoredClassificationAnnotation>();
template JsonType const& json_type<StoredBoxDetection>();
template JsonType const& json_type<StoredPointDetection>();
template JsonType const& json_type<StoredSegmentationDetection>();
template JsonType const& json_type<StoredClassificationDetection>();
template JsonType const& json_type<Tag>();
template JsonType const& json_type<StoredImage>();

} // namespace learning_loop
