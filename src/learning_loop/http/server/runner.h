#pragma once

#include "learning_loop/async/shutdown_signal.h"
#include "learning_loop/base/metrics.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/http/api/service_api.h"
#include "learning_loop/http/server/parts.h"
#include "learning_loop/http/server/server_options.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace learning_loop {

/// What every program has around its parts: the io thread, a port, routes, metrics and health. It outlives the parts.
class Runner {
public:
    explicit Runner(http::ServerOptions options);
    Runner(http::Router& router, http::ServerOptions options); ///< With routes that the caller keeps.
    ~Runner();
    Runner(Runner const&) = delete;
    Runner& operator=(Runner const&) = delete;

    /// Binds the port; see http::Listener::open for the errors. Not needed by tests that ask the router.
    Result<void> listen();

    std::uint16_t port() const;
    std::string url() const; ///< Where clients reach the program: `http://127.0.0.1:8000`, or the public URL.

    boost::asio::any_io_executor executor();
    http::Router& router();
    Metrics& metrics();
    http::Health& health();

    /// Serves the routes on the calling thread, which becomes the io thread, until `shutdown` says so. Then: tasks are
    /// cancelled, the parts disconnect, requests in flight get their answers for as long as its `grace`, the parts
    /// finish. Returns the exit status of `shutdown`. If the parts cannot finish, or one of these steps throws, the
    /// process ends here, with status 3: a thread that hangs cannot be joined, and what was acknowledged is on the
    /// disk. To be called once, after `listen`.
    int run(Parts& parts, ShutdownSignal& shutdown);

    /// Ends `run` as a signal does, with status 0. To be called on the io thread.
    void stop();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_; // out of sight, since the io_context and the server take long to compile
};

} // namespace learning_loop
