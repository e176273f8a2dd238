#pragma once

#include "learning_loop/http/server/server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>

namespace learning_loop::test {

/// What is served and needs the server's io thread: built before the server, ended before it.
struct Service {
    std::function<void(http::Router&)> add_to;
    std::function<Task<>()> run;    ///< Until cancelled.
    std::function<Task<>()> finish; ///< Once, after `run` was cancelled.
};

/// A server on a free port of this machine with an io thread of its own.
class RunningServer {
public:
    explicit RunningServer(http::Router const& router, http::ServerOptions options = {});
    RunningServer(std::function<Service(boost::asio::any_io_executor)> const& make, http::ServerOptions options);
    ~RunningServer(); ///< Ends what still runs, at once.

    std::uint16_t port() const;
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }
    boost::asio::any_io_executor executor();
    std::string metrics_text();

    /// What the function returns on the io thread.
    template <class Function>
    auto on_io(Function function)
    {
        auto task = [](Function run) -> Task<decltype(function())> { co_return run(); };
        return boost::asio::co_spawn(executor(), task(std::move(function)), boost::asio::use_future).get();
    }

    /// Has the server finish; ready once it has.
    std::future<void> finish(std::chrono::milliseconds grace);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace learning_loop::test
