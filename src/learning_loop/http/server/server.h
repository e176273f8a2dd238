#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/base/metrics.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/http/server/server_options.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>

namespace learning_loop::http {

class Listener;

/// HTTP/1.1 on one port, with or without TLS. If it is bound to loopback, it answers only requests for a loopback name.
/// Requests that a web page from elsewhere made (Origin) are refused unless the options allow that page. To be used on
/// the io thread.
class Server {
public:
    /// The listener must be open and the router filled. All three must outlive the server, and the metrics must not be
    /// read once it is gone.
    Server(boost::asio::any_io_executor executor, Listener& listener, Router const& router, Metrics& metrics,
           ServerOptions options);
    ~Server();

    /// Accepts connections and answers their requests until it is cancelled.
    Task<> serve();

    /// Stops accepting, waits up to `grace` for the answers to requests in flight, then ends the rest. To be called
    /// once, after `serve` was cancelled.
    Task<> finish(std::chrono::milliseconds grace);

private:
    struct Impl;

    Task<> watch_deadlines();
    bool make_room();

    std::unique_ptr<Impl> impl_; // out of sight, since the parser and TLS take long to compile
};

} // namespace learning_loop::http
