#pragma once

#include "learning_loop/http/server/operator_door.h"

namespace learning_loop {

struct NodeSettings;

/// Who may operate a node: whoever has NODE_TOKEN; without one everybody, if only this machine reaches the node or
/// OPEN_CONTROL says so, else nobody.
http::OperatorDoor node_door(NodeSettings const& settings);

} // namespace learning_loop
