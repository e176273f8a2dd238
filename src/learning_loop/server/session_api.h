#pragma once

namespace learning_loop {

namespace http {
class Router;
}

/// Whether the Loop is ready, and the login that peers insist on. There are no accounts: every login is welcome, and
/// nothing asks for its cookie. `over_tls`: the cookie is for https only.
void add_session_api(http::Router& router, bool over_tls);

} // namespace learning_loop
