#pragma once

#include "learning_loop/base/error.h"

namespace learning_loop::http {

class Route;
struct Request;

/// Finds out who sends a request and whether they may. A router has at most one (`Router::guard`). It is asked on the
/// io thread when the head of a request has come, before its body, and must not block.
class Doorkeeper {
public:
    Doorkeeper() = default;
    Doorkeeper(Doorkeeper const&) = delete;
    Doorkeeper& operator=(Doorkeeper const&) = delete;
    virtual ~Doorkeeper() = default;

    /// Fills `request.caller`. Errors: unauthorized if it must be known who asks. forbidden if it is known, and they
    /// may not. not_found if what they ask for is not for their eyes.
    virtual Result<void> admit(Route const& route, Request& request) = 0;
};

} // namespace learning_loop::http
