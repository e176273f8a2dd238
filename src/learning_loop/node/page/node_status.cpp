#include "learning_loop/node/page/node_status.h"

namespace learning_loop {

template JsonType const& json_type<NodeStatus>();
template JsonType const& json_type<NodeSnapshot>();

} // namespace learning_loop
