#include "learning_loop/detector/page/live_status.h"

namespace learning_loop {

template JsonType const& json_type<LiveStatus>();
template JsonType const& json_type<LiveSnapshot>();

} // namespace learning_loop
