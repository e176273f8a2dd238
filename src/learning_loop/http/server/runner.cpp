#include "learning_loop/http/server/runner.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/base/log.h"
#include "learning_loop/http/server/listener.h"
#include "learning_loop/http/server/server.h"

#include <boost/asio/io_context.hpp>

#include <cstdlib>

namespace learning_loop {
namespace {

constexpr int unfinished_status = 3;

/// Nothing is lost by it: what was acknowledged is on the disk.
[[noreturn]] void end_at_once()
{
    log::flush();
    std::_Exit(unfinished_status);
}

Task<> run_to_end(http::Server& server, Parts& parts, ShutdownSignal& shutdown, TaskGroup& tasks)
{
    co_await shutdown.wait();
    try {
        tasks.cancel();
        co_await parts.disconnect();
        co_await server.finish(shutdown.grace);
        bool const all_ended = co_await parts.finish();
        if (!all_ended) end_at_once();
        co_await tasks.join();
    } catch (std::exception const& failure) { // nothing else would end the program
        log::critical("the end failed: {}", failure.what());
        end_at_once();
    }
}

} // namespace

struct Runner::Impl {
    Impl(http::Router* router_, http::ServerOptions options_)
        : options(std::move(options_)), router(router_ ? *router_ : own_router)
    {}

    http::ServerOptions options;
    boost::asio::io_context io{1};
    Metrics metrics;
    http::Health health;
    http::Router own_router;
    http::Router& router;
    http::Listener listener{io.get_executor(), options};
    ShutdownSignal* shutdown = nullptr; ///< While it runs.
};

Runner::Runner(http::ServerOptions options) : impl_(std::make_unique<Impl>(nullptr, std::move(options))) {}
Runner::Runner(http::Router& router, http::ServerOptions options)
    : impl_(std::make_unique<Impl>(&router, std::move(options)))
{}
Runner::~Runner() = default;

Result<void> Runner::listen()
{
    return impl_->listener.open();
}

std::uint16_t Runner::port() const
{
    return impl_->listener.port();
}

std::string Runner::url() const
{
    auto const& public_url = impl_->options.public_url;
    if (!public_url) return impl_->listener.url();
    return public_url->scheme + "://" + public_url->authority_text + http::path_prefix_of(public_url);
}

boost::asio::any_io_executor Runner::executor()
{
    return impl_->io.get_executor();
}

http::Router& Runner::router()
{
    return impl_->router;
}

Metrics& Runner::metrics()
{
    return impl_->metrics;
}

http::Health& Runner::health()
{
    return impl_->health;
}

int Runner::run(Parts& parts, ShutdownSignal& shutdown)
{
    auto const executor = impl_->io.get_executor();
    impl_->shutdown = &shutdown;
    http::Server server(executor, impl_->listener, impl_->router, impl_->metrics, impl_->options);
    TaskGroup tasks(executor, [&shutdown] { shutdown.fail(); });
    TaskGroup program(executor);
    parts.start(tasks);
    tasks.spawn("the server", server.serve());
    program.spawn("the program", run_to_end(server, parts, shutdown, tasks));
    impl_->io.run();
    impl_->shutdown = nullptr;
    return shutdown.exit_status();
}

void Runner::stop()
{
    if (impl_->shutdown) impl_->shutdown->stop();
}

} // namespace learning_loop
