#include "learning_loop/data/loop_status.h"

namespace learning_loop {

template JsonType const& json_type<LoopStatus>();

} // namespace learning_loop
