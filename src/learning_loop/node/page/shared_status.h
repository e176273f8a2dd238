#pragma once

#include "learning_loop/node/page/node_status.h"

#include <chrono>

namespace learning_loop {

class LoopConnection;
class Problems;
struct NodeSettings;

/// What the page tells of every node; the rest is empty. `started`: when the node was.
NodeStatus shared_status(NodeSettings const& settings, LoopConnection const& connection, Problems const& problems,
                         std::chrono::steady_clock::time_point started);

} // namespace learning_loop
