#pragma once

#include "learning_loop/http/api/router.h"
#include "learning_loop/http/server/body_reader.h"
#include "learning_loop/http/server/server_options.h"

#include <boost/asio/ip/address.hpp>

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

/// The two ends of a connection.
struct ConnectionEnds {
    boost::asio::ip::address peer;
    boost::asio::ip::address own;
    bool is_tls = false;
};

/// Decides which requests of one connection a server answers, by where they come from: the host that was asked for and
/// the page that asks. Tells who their sender is.
class RequestGate {
public:
    /// The options must outlive it.
    RequestGate(ServerOptions const& options, ConnectionEnds ends);

    /// Errors: invalid_argument if the Host is missing or there twice. forbidden if it is another machine's, if a
    /// foreign page asks, or if the client should have asked a proxy.
    Result<Sender> check(HeadParser const& head);

    std::string const& peer() const { return peer_; } ///< The address of whoever is connected: maybe a proxy.

    /// Adds the headers with which a browser gives the answer to a foreign page, if the options allow that page.
    void allow_foreign_page(std::string_view origin, Response& answer) const;

private:
    Result<void> check_host(HeadParser const& head, std::string_view host);
    Result<void> check_page(HeadParser const& head, std::string_view host, bool over_tls) const;
    Sender sender_of(HeadParser const& head, std::string_view host) const;
    bool came_by_public_https(HeadParser const& head, std::string_view host) const;
    bool is_known_host(std::string_view host);
    bool is_public_host(std::string_view host) const;
    bool is_public_origin(std::string_view origin) const;
    bool is_allowed_origin(std::string_view origin) const;

    ServerOptions const& options_;
    ConnectionEnds ends_;
    bool from_proxy_;
    bool from_here_;               ///< From this machine.
    bool is_local_;                ///< Bound to loopback.
    std::string peer_;             ///< Its address.
    std::string public_authority_; ///< Of the public URL, without its default port.
    std::string known_host_;       ///< The Host that was found to be ours: a client sends the same one each time.
};

} // namespace learning_loop::http
