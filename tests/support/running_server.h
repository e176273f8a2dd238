#pragma once

#include "learning_loop/http/server/runner.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>

namespace learning_loop::test {

/// A program on a free port of this machine: a Runner with an io thread of its own.
class RunningServer {
public:
    /// Serves these routes, which must outlive it.
    explicit RunningServer(http::Router& router, http::ServerOptions options = {});

    /// Serves the parts that `build` makes.
    RunningServer(std::function<std::unique_ptr<Parts>(Runner&)> const& build, http::ServerOptions options);
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

    /// Has the program end; ready once it has.
    std::future<void> finish(std::chrono::milliseconds grace);

private:
    struct Running;
    std::unique_ptr<Running> running_;
};

} // namespace learning_loop::test
