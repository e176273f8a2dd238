#include "learning_loop/data/annotations.h"

#include "learning_loop/json/every_field_is_described.h"

namespace learning_loop {

static_assert(every_field_is_described<BoxAnnotation> && every_field_is_described<PointAnnotation> &&
              every_field_is_described<ClassificationAnnotation>);

} // namespace learning_loop
