#include "learning_loop/data/training_list.h"

namespace learning_loop {

template JsonType const& json_type<NewTraining>();
template JsonType const& json_type<TrainingEntry>();
template JsonType const& json_type<TrainingResult>();
template JsonType const& json_type<TrainingReport>();
template JsonType const& json_type<TrainingList>();

} // namespace learning_loop
