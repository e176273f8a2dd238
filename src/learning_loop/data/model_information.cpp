#include "learning_loop/data/model_information.h"

namespace learning_loop {

template JsonType const& json_type<ModelInformation>();

} // namespace learning_loop
