#pragma once

#include <functional>

namespace learning_loop {

namespace http {
class Router;
}

/// Adds `PUT /socketio`: with `off` the node leaves its Loop alone until `on`. It is named after the connection that
/// most kinds of nodes have. `set_muted` is called on the io thread.
void add_mute_api(http::Router& router, std::function<void(bool is_muted)> set_muted);

} // namespace learning_loop
