#include "support/running_server.h"

#include <boost/asio/post.hpp>

#include <thread>

namespace learning_loop::test {
namespace asio = boost::asio;

struct RunningServer::Running {
    explicit Running(http::ServerOptions options) : runner(std::move(options)) {}
    Running(http::Router& router, http::ServerOptions options) : runner(router, std::move(options)) {}

    void start(std::unique_ptr<Parts> built)
    {
        parts = std::move(built);
        port = runner.port();
        thread = std::jthread([this] {
            runner.run(*parts, shutdown);
            ended.set_value();
        });
    }

    Runner runner;
    std::unique_ptr<Parts> parts;
    ShutdownSignal shutdown{runner.executor(), ShutdownSignal::Signals::none};
    std::uint16_t port = 0;
    bool finishing = false;
    std::promise<void> ended;
    std::jthread thread; // last: it uses the others
};

RunningServer::RunningServer(http::Router& router, http::ServerOptions options)
{
    options.port = 0;
    running_ = std::make_unique<Running>(router, std::move(options));
    running_->runner.listen().value();
    running_->start(std::make_unique<Parts>());
}

RunningServer::RunningServer(std::function<std::unique_ptr<Parts>(Runner&)> const& build, http::ServerOptions options)
{
    options.port = 0;
    running_ = std::make_unique<Running>(std::move(options));
    running_->runner.listen().value();
    running_->start(build(running_->runner));
}

RunningServer::~RunningServer()
{
    if (!running_->finishing) finish(std::chrono::milliseconds(0)).wait();
}

std::uint16_t RunningServer::port() const
{
    return running_->port;
}

asio::any_io_executor RunningServer::executor()
{
    return running_->runner.executor();
}

std::string RunningServer::metrics_text()
{
    return on_io([this] { return running_->runner.metrics().text(); });
}

std::future<void> RunningServer::finish(std::chrono::milliseconds grace)
{
    running_->finishing = true;
    asio::post(executor(), [this, grace] {
        running_->shutdown.grace = grace;
        running_->shutdown.stop();
    });
    return running_->ended.get_future();
}

} // namespace learning_loop::test
