#include "learning_loop/data/training_image.h"

namespace learning_loop {

template JsonType const& json_type<TrainingBox>();
template JsonType const& json_type<TrainingPoint>();
template JsonType const& json_type<TrainingOutline>();
template JsonType const& json_type<TrainingClass>();
template JsonType const& json_type<TrainingImage>();

} // namespace learning_loop
