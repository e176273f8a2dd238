#pragma once

#include "learning_loop/http/api/router.h"
#include "learning_loop/http/server/body_reader.h"
#include "learning_loop/http/server/server_options.h"

#include <string>
#include <string_view>

namespace learning_loop::http {

/// A view of Beast's text.
inline std::string_view view(boost::beast::string_view text)
{
    return {text.data(), text.size()};
}

/// Path and query of a request's target, also if it is a whole URL, as a client of a proxy writes it.
std::string_view path_and_query_of(std::string_view target);

/// Decides which requests of one connection a server answers: by the host that was asked for, by the page that asks,
/// and by the operators' token.
class RequestGate {
public:
    explicit RequestGate(ServerOptions const& options); ///< The options must outlive it.

    /// Errors: invalid_argument if the Host is missing or there twice. forbidden if it is another machine's, or a
    /// foreign page asks.
    Result<void> check_origin(HeadParser const& head);

    /// Checks the token of the routes that need one. Errors: unauthorized if it is missing or wrong. forbidden if the
    /// program has none.
    Result<void> check_operator(Route const& route, Request const& request) const;

    /// Adds the headers with which a browser gives the answer to a foreign page, if the options allow that page.
    void allow_foreign_page(std::string_view origin, Response& answer) const;

private:
    bool is_this_machine(std::string_view host);
    bool is_allowed_origin(std::string_view origin) const;

    ServerOptions const& options_;
    bool is_local_;           ///< Bound to loopback.
    std::string known_local_; ///< The Host that was found to be this machine: a client sends the same one each time.
};

} // namespace learning_loop::http
