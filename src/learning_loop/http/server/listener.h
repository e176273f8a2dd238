#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/http/server/server_options.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace learning_loop::http {

/// The port of a server. It is bound, and the certificate loaded, before anything is served, so that a program knows
/// its URL when it builds its parts.
class Listener {
public:
    Listener(boost::asio::any_io_executor executor, ServerOptions const& options);

    /// Binds the port and loads the certificate. Errors: unavailable if the port is taken. invalid_argument if the host
    /// is no address of this machine, or if certificate or key are invalid. Each names the flag and the remedy.
    Result<void> open();

    std::uint16_t port() const; ///< Before `open`: that of the options.
    /// If every interface is bound: by the name that the options tell first, else by an address.
    std::string url() const; ///< As `https://127.0.0.1:8004`.

    boost::asio::ip::tcp::acceptor& acceptor() { return acceptor_; }
    boost::asio::ssl::context* tls() { return tls_.get(); } ///< nullptr: plain HTTP.

private:
    std::string host_;
    std::uint16_t port_;
    std::string certificate_;
    std::string key_;
    std::string name_; ///< One by which other machines know this one; empty: unknown.
    boost::asio::ip::tcp::acceptor acceptor_;
    std::shared_ptr<boost::asio::ssl::context> tls_; // shared: `load_tls` returns it so
};

} // namespace learning_loop::http
