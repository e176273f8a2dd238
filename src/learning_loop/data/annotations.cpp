#include "learning_loop/data/annotations.h"

namespace learning_loop {

template JsonType const& json_type<BoxAnnotation>();
template JsonType const& json_type<PointAnnotation>();
template JsonType const& json_type<ShapeAnnotation>();
template JsonType const& json_type<ClassificationAnnotation>();
template JsonType const& json_type<Annotations>();

} // namespace learning_loop
