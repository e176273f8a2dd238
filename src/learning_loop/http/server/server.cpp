#include "learning_loop/http/server/server.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/http/server/connection.h"
#include "learning_loop/http/server/listener.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace learning_loop::http {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::milliseconds watch_interval{100};

} // namespace

struct Server::Impl {
    Impl(asio::any_io_executor executor_, Listener& listener_, Router const& router, Metrics& metrics,
         ServerOptions options_)
        : executor(executor_),
          options(std::move(options_)),
          requests(metrics),
          listener(listener_),
          context(router, options, requests, new_uuid().substr(24, 6) + "-"),
          tasks(executor_)
    {}

    asio::any_io_executor executor;
    ServerOptions options;
    RequestMetrics requests;
    Listener& listener;
    ConnectionContext context;
    TaskGroup tasks; // after what its tasks use
};

Server::Server(asio::any_io_executor executor, Listener& listener, Router const& router, Metrics& metrics,
               ServerOptions options)
    : impl_(std::make_unique<Impl>(executor, listener, router, metrics, std::move(options)))
{
    metrics.gauge("http_connections", "Open connections.",
                  [impl = impl_.get()] { return static_cast<double>(impl->context.connections.size()); });
    metrics.gauge("http_open_requests", "Requests that are not answered yet.",
                  [impl = impl_.get()] { return static_cast<double>(impl->context.load.open()); });
    metrics.gauge("http_body_budget_free_bytes", "Bytes of bodies that may still come into memory.",
                  [impl = impl_.get()] { return static_cast<double>(impl->context.budget.free_bytes()); });
}

Server::~Server() = default;

Task<> Server::serve()
{
    auto& impl = *impl_;
    impl.context.router.require_access();
    impl.tasks.spawn("the deadlines", watch_deadlines());
    for (;;) {
        about_to_wait_for("a connection");
        auto [failure, socket] = co_await impl.listener.acceptor().async_accept(asio::as_tuple(asio::use_awaitable));
        if (failure == asio::error::operation_aborted) co_return;
        if (failure) { // most likely there are no descriptors left: one must be closed first
            log::warn("cannot accept a connection: {}", failure.message());
            make_room();
            co_await asio::steady_timer(impl.executor, watch_interval).async_wait(asio::use_awaitable);
            continue;
        }
        bool const full = impl.context.connections.size() >= impl.options.max_connections;
        if (full && !make_room()) continue; // all are busy: the new one is closed
        auto connection = std::make_unique<Connection>(impl.context, Stream(std::move(socket), impl.listener.tls()));
        impl.tasks.spawn("a connection", Connection::run(std::move(connection)));
    }
}

/// Closes the connection whose client has asked nothing for the longest time: a new client is more likely to ask.
/// Returns false if all are busy.
bool Server::make_room()
{
    Connection* oldest = nullptr;
    for (auto* connection : impl_->context.connections) {
        auto const phase = connection->wire().phase();
        bool const asks_nothing = phase == Wire::Phase::idle || phase == Wire::Phase::head ||
                                  phase == Wire::Phase::handshake || phase == Wire::Phase::lingering;
        if (asks_nothing && (!oldest || connection->wire().since() < oldest->wire().since())) oldest = connection;
    }
    if (oldest) oldest->wire().close();
    return oldest != nullptr;
}

Task<> Server::watch_deadlines()
{
    asio::steady_timer timer(impl_->executor);
    for (;;) {
        timer.expires_after(watch_interval);
        co_await timer.async_wait(asio::use_awaitable);
        auto const now = Wire::Clock::now();
        for (auto* connection : impl_->context.connections) connection->wire().check(now);
    }
}

Task<> Server::finish(std::chrono::milliseconds grace)
{
    auto& impl = *impl_;
    impl.context.is_finishing = true;
    boost::system::error_code ignored;
    impl.listener.acceptor().close(ignored);
    for (auto* connection : std::list(impl.context.connections)) {
        if (connection->wire().phase() == Wire::Phase::idle) connection->wire().close();
    }
    asio::steady_timer timer(impl.executor);
    auto const deadline = std::chrono::steady_clock::now() + grace;
    while (!impl.context.connections.empty() && std::chrono::steady_clock::now() < deadline) {
        timer.expires_after(std::chrono::milliseconds(10));
        co_await timer.async_wait(asio::use_awaitable);
    }
    impl.tasks.cancel();
    co_await impl.tasks.join();
}

} // namespace learning_loop::http
