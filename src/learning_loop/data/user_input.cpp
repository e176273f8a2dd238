#include "learning_loop/data/user_input.h"

#include "learning_loop/json/every_field_is_described.h"

namespace learning_loop {

static_assert(every_field_is_described<Coordinate> && every_field_is_described<UserEvent> &&
              every_field_is_described<UserInput> && every_field_is_described<SegmentationAnnotation> &&
              every_field_is_described<AnnotatorStatus>);

} // namespace learning_loop
