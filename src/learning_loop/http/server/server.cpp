#include "learning_loop/http/server/server.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/http/server/connection.h"
#include "learning_loop/http/tls.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/resource.h>

namespace learning_loop::http {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::chrono::milliseconds watch_interval{100};

/// As many descriptors as the system grants: most systems grant far more than they begin with.
void raise_descriptor_limit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace

struct Server::Parts {
    Parts(asio::any_io_executor executor_, Router const& router, Metrics& metrics, ServerOptions options_)
        : executor(executor_),
          options(std::move(options_)),
          requests(metrics),
          acceptor(executor_),
          context(router, options, requests, new_uuid().substr(24, 6) + "-"),
          tasks(executor_)
    {}

    asio::any_io_executor executor;
    ServerOptions options;
    RequestMetrics requests;
    std::shared_ptr<asio::ssl::context> tls; // shared with nobody but load_tls
    tcp::acceptor acceptor;
    ConnectionContext context;
    TaskGroup tasks; // after what its tasks use
};

Server::Server(asio::any_io_executor executor, Router const& router, Metrics& metrics, ServerOptions options)
    : parts_(std::make_unique<Parts>(executor, router, metrics, std::move(options)))
{
    metrics.gauge("http_connections", "Open connections.",
                  [parts = parts_.get()] { return static_cast<double>(parts->context.connections.size()); });
    metrics.gauge("http_body_budget_free_bytes", "Bytes of bodies that may still come into memory.",
                  [parts = parts_.get()] { return static_cast<double>(parts->context.budget.free_bytes()); });
}

Server::~Server() = default;

Result<void> Server::listen()
{
    auto& options = parts_->options;
    auto const port = std::to_string(options.port);
    if (!options.tls_certificate.empty()) {
        auto tls = load_tls(options.tls_certificate, options.tls_key);
        if (!tls) return tls.error();
        parts_->tls = std::move(*tls);
    }
    boost::system::error_code failure;
    auto const found = tcp::resolver(parts_->executor).resolve(options.host, port, tcp::resolver::passive, failure);
    if (failure || found.empty()) {
        return Error{Errc::invalid_argument, "--host (NODE_HOST): " + options.host + " is no address of this machine"};
    }
    raise_descriptor_limit();
    auto const endpoint = found.begin()->endpoint();
    auto& acceptor = parts_->acceptor;
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(endpoint, failure);
    if (!failure) acceptor.listen(asio::socket_base::max_listen_connections, failure);
    if (!failure) return {};
    auto const where = options.host + ":" + port;
    if (failure == asio::error::address_in_use) {
        return Error{Errc::unavailable,
                     "--port (NODE_PORT): " + where + " is taken by another program: end it or choose another port"};
    }
    return Error{Errc::invalid_argument,
                 "--host (NODE_HOST), --port (NODE_PORT): cannot bind " + where + ": " + failure.message()};
}

std::uint16_t Server::port() const
{
    return parts_->acceptor.local_endpoint().port();
}

std::string Server::url() const
{
    auto const& host = parts_->options.host;
    auto const name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return (parts_->tls ? "https://" : "http://") + name + ":" + std::to_string(port());
}

Task<> Server::serve()
{
    auto& parts = *parts_;
    parts.tasks.spawn("the deadlines", watch_deadlines());
    for (;;) {
        about_to_wait_for("a connection");
        auto [failure, socket] = co_await parts.acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
        if (failure == asio::error::operation_aborted) co_return;
        if (failure) { // out of descriptors, most likely: those in use have to end first
            log::warn("cannot accept a connection: {}", failure.message());
            make_room();
            co_await asio::steady_timer(parts.executor, watch_interval).async_wait(asio::use_awaitable);
            continue;
        }
        bool const full = parts.context.connections.size() >= parts.options.max_connections;
        if (full && !make_room()) continue; // all are busy: the newcomer has to go
        auto connection = std::make_unique<Connection>(parts.context, Stream(std::move(socket), parts.tls.get()));
        parts.tasks.spawn("a connection", Connection::run(std::move(connection)));
    }
}

/// Ends the connection that has waited longest for its client to ask something: newcomers are more likely to. False:
/// none of them waits for that.
bool Server::make_room()
{
    Connection* oldest = nullptr;
    for (auto* connection : parts_->context.connections) {
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
    asio::steady_timer timer(parts_->executor);
    for (;;) {
        timer.expires_after(watch_interval);
        co_await timer.async_wait(asio::use_awaitable);
        auto const now = Wire::Clock::now();
        for (auto* connection : parts_->context.connections) connection->wire().check(now);
    }
}

Task<> Server::finish(std::chrono::milliseconds grace)
{
    auto& parts = *parts_;
    parts.context.finishing = true;
    boost::system::error_code ignored;
    parts.acceptor.close(ignored);
    for (auto* connection : std::list(parts.context.connections)) {
        if (connection->wire().phase() == Wire::Phase::idle) connection->wire().close();
    }
    asio::steady_timer timer(parts.executor);
    auto const deadline = std::chrono::steady_clock::now() + grace;
    while (!parts.context.connections.empty() && std::chrono::steady_clock::now() < deadline) {
        timer.expires_after(std::chrono::milliseconds(10));
        co_await timer.async_wait(asio::use_awaitable);
    }
    parts.tasks.cancel();
    co_await parts.tasks.join();
}

} // namespace learning_loop::http
