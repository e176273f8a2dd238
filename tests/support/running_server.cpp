#include "support/running_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <thread>

namespace learning_loop::test {
namespace asio = boost::asio;

struct RunningServer::Parts {
    Parts(http::Router const& router, http::ServerOptions options)
        : server(io.get_executor(), router, metrics, std::move(options))
    {}

    Task<> finish(std::chrono::milliseconds grace)
    {
        tasks.cancel();
        co_await server.finish(grace);
        co_await tasks.join();
    }

    asio::io_context io{1};
    Metrics metrics;
    http::Server server;
    TaskGroup tasks{io.get_executor()};
    std::uint16_t port = 0;
    bool finishing = false;
    std::jthread thread;
};

RunningServer::RunningServer(http::Router const& router, http::ServerOptions options)
{
    options.port = 0;
    parts_ = std::make_unique<Parts>(router, std::move(options));
    parts_->server.listen().value();
    parts_->port = parts_->server.port();
    parts_->tasks.spawn("the server", parts_->server.serve());
    parts_->thread = std::jthread([&io = parts_->io] { io.run(); });
}

RunningServer::~RunningServer()
{
    if (!parts_->finishing) finish(std::chrono::milliseconds(0)).wait();
}

std::uint16_t RunningServer::port() const
{
    return parts_->port;
}

asio::any_io_executor RunningServer::executor()
{
    return parts_->io.get_executor();
}

std::string RunningServer::metrics_text()
{
    auto text = [this]() -> Task<std::string> { co_return parts_->metrics.text(); };
    return asio::co_spawn(parts_->io, text(), asio::use_future).get();
}

std::future<void> RunningServer::finish(std::chrono::milliseconds grace)
{
    parts_->finishing = true;
    return asio::co_spawn(parts_->io, parts_->finish(grace), asio::use_future);
}

} // namespace learning_loop::test
