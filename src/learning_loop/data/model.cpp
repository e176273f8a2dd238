#include "learning_loop/data/model.h"

namespace learning_loop {

template JsonType const& json_type<Model>();

} // namespace learning_loop
