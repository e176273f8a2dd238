#pragma once

#include "learning_loop/async/lane.h"
#include "learning_loop/async/task.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/net/http/router.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <list>
#include <string>

namespace learning_loop::http {

class Connection;

struct ServerSettings {
    std::string host = "127.0.0.1"; ///< Interface to bind: an address or a name.
    std::uint16_t port = 8000;      ///< 0: one that is free.
    std::size_t most_connections = 1000;
    std::size_t most_body_bytes_in_flight = 1u << 30; ///< Of all requests together; more are answered 503.
    std::chrono::seconds header_deadline{10};
    std::chrono::seconds idle_deadline{60};
    std::chrono::seconds stall_deadline{20}; ///< Longest time without a byte while a body is read or an answer written.
};

/// HTTP/1.1 on one port. While it is bound to loopback, only requests for a loopback name are answered, and never one
/// that a foreign web page made (Origin): there are no accounts that could tell friend from foe. To be used on the io
/// thread.
class Server {
public:
    Server(boost::asio::any_io_executor executor, Router const& router, ServerSettings settings);
    ~Server();

    /// Binds. unavailable: the port is taken; invalid_argument: the host is none of this machine; both name flag and
    /// remedy.
    Result<void> listen();

    std::uint16_t port() const; ///< The bound one. `listen` must have succeeded.

    /// Accepts and answers until it is cancelled.
    Task<> serve();

    /// Stops accepting, lets requests in hand be answered for up to `grace`, ends the rest. Call once, after `serve`
    /// was cancelled.
    Task<> finish(std::chrono::milliseconds grace);

private:
    friend class Connection;

    boost::asio::any_io_executor executor_;
    Router const& router_;
    ServerSettings settings_;
    boost::asio::ip::tcp::acceptor acceptor_;
    TaskGroup tasks_;
    std::list<Connection*> connections_;
    Lane files_{"reading files", 1000, 2};
    std::size_t body_bytes_in_flight_ = 0;
    bool finishing_ = false;
};

/// Whether the name or address means this machine alone: localhost, 127.0.0.0/8, ::1.
bool is_loopback(std::string_view host);

} // namespace learning_loop::http
