#pragma once

#include "learning_loop/node/page/node_status.h"

#include <functional>

namespace learning_loop {

namespace http {
class Router;
}

/// `GET /`: a page that tells people what the node is for, what it does and what is wrong, each second anew, without
/// anything from beyond this machine. What it shows comes from `/live`, which is for operators. `status` is called on
/// the io thread for each answer.
void add_node_page(http::Router& router, std::function<NodeStatus()> status);

} // namespace learning_loop
