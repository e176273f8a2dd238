#pragma once

#include <string>

namespace learning_loop {

class Accounts;

namespace http {
class Router;
}

/// `/login` and `/logout`, for people: the page logs in by the same cookie as the API. `base` is the path below which
/// a proxy has the Loop, without a slash at its end. The accounts must outlive the router.
void add_login_page(http::Router& router, Accounts& accounts, std::string base);

} // namespace learning_loop
