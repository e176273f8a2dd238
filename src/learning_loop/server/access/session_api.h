#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/http/message.h"

#include <boost/describe/class.hpp>

#include <string>

namespace learning_loop {

class Accounts;
class LoopDoor;

namespace http {
class Router;
}

/// What a form of a login has, in the API and on the page.
struct LoginForm {
    std::string username;
    std::string password;
};
BOOST_DESCRIBE_STRUCT(LoginForm, (), (username, password))

/// Logs in and sets the cookie on the answer; a former login of the client ends. Errors: see Accounts::log_in.
Task<Result<void>> log_in_by_cookie(Accounts& accounts, LoginForm form, http::Request const& request,
                                    http::Response& answer);

/// Ends the login of the cookie, and that of a token of POST /api/token, and deletes the cookie.
Task<Result<void>> log_out_by_cookie(Accounts& accounts, http::Request const& request, http::Response& answer);

/// The answer to a login that was refused.
http::Response login_refusal(Error const& error);

/// Whether the Loop is ready, and the two ways to log in: by cookie and by token.
void add_session_api(http::Router& router, Accounts& accounts, LoopDoor const& door);

} // namespace learning_loop
