#include "learning_loop/data/image_change.h"

namespace learning_loop {

template JsonType const& json_type<ImageChangeRequest>();
template JsonType const& json_type<ImageCount>();
template JsonType const& json_type<ImageAnnotations>();

} // namespace learning_loop
