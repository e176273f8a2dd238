#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/async/task.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/base/metrics.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/http/server/server_options.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace learning_loop::http {

/// HTTP/1.1 on one port, with or without TLS. While it is bound to loopback, only requests for a loopback name are
/// answered, and never one that a foreign web page made (Origin): there are no accounts that could tell friend from
/// foe. To be used on the io thread.
class Server {
public:
    /// The router is filled before `serve`; router and metrics outlive the server, but nobody reads the metrics then.
    Server(boost::asio::any_io_executor executor, Router const& router, Metrics& metrics, ServerOptions options);
    ~Server();

    /// Binds, and loads the certificate. unavailable: the port is taken; invalid_argument: the host is none of this
    /// machine, or certificate or key are no good; each names the flag and the remedy.
    Result<void> listen();

    std::uint16_t port() const; ///< The bound one. `listen` must have succeeded.
    std::string url() const;    ///< As `https://127.0.0.1:8004`.

    /// Accepts and answers until it is cancelled.
    Task<> serve();

    /// Stops accepting, lets requests in hand be answered for up to `grace`, ends the rest. Call once, after `serve`
    /// was cancelled.
    Task<> finish(std::chrono::milliseconds grace);

private:
    struct Parts;

    Task<> watch_deadlines();
    bool make_room();

    std::unique_ptr<Parts> parts_; // out of sight, since the parser and TLS take long to compile
};

} // namespace learning_loop::http
