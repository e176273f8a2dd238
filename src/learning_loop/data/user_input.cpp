#include "learning_loop/data/user_input.h"

namespace learning_loop {

template JsonType const& json_type<Coordinate>();
template JsonType const& json_type<UserEvent>();
template JsonType const& json_type<UserInput>();
template JsonType const& json_type<SegmentationAnnotation>();
template JsonType const& json_type<AnnotatorStatus>();

} // namespace learning_loop
