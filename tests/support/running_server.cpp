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
    Parts(std::function<Service(asio::any_io_executor)> const& make, http::ServerOptions options)
        : service(make(io.get_executor())), server(io.get_executor(), own_router, metrics, std::move(options))
    {
        service.add_to(own_router);
        tasks.spawn("the service", service.run());
    }

    void start()
    {
        server.listen().value();
        port = server.port();
        tasks.spawn("the server", server.serve());
        thread = std::jthread([this] { io.run(); });
    }

    Task<> finish(std::chrono::milliseconds grace)
    {
        tasks.cancel();
        if (service.finish) co_await service.finish();
        co_await server.finish(grace);
        co_await tasks.join();
    }

    asio::io_context io{1};
    Metrics metrics;
    http::Router own_router;
    Service service;
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
    parts_->start();
}

RunningServer::RunningServer(std::function<Service(asio::any_io_executor)> const& make, http::ServerOptions options)
{
    options.port = 0;
    parts_ = std::make_unique<Parts>(make, std::move(options));
    parts_->start();
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
