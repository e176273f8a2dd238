#include "learning_loop/net/http/server.h"

#include "learning_loop/base/log.h"
#include "learning_loop/net/http/connection.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace learning_loop::http {
namespace asio = boost::asio;
using asio::ip::tcp;

Server::Server(asio::any_io_executor executor, Router const& router, ServerSettings settings)
    : executor_(executor), router_(router), settings_(std::move(settings)), acceptor_(executor), tasks_(executor)
{}

Server::~Server() = default;

Result<void> Server::listen()
{
    auto const port = std::to_string(settings_.port);
    boost::system::error_code failure;
    auto const found = tcp::resolver(executor_).resolve(settings_.host, port, tcp::resolver::passive, failure);
    if (failure || found.empty()) {
        return Error{Errc::invalid_argument,
                     "--host (NODE_HOST): " + settings_.host + " is no address of this machine"};
    }
    auto const endpoint = found.begin()->endpoint();
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint, failure);
    if (!failure) acceptor_.listen(asio::socket_base::max_listen_connections, failure);
    if (!failure) return {};
    auto const where = settings_.host + ":" + port;
    if (failure == asio::error::address_in_use) {
        return Error{Errc::unavailable,
                     "--port (NODE_PORT): " + where + " is taken by another program: end it or choose another port"};
    }
    return Error{Errc::invalid_argument,
                 "--host (NODE_HOST), --port (NODE_PORT): cannot bind " + where + ": " + failure.message()};
}

std::uint16_t Server::port() const
{
    return acceptor_.local_endpoint().port();
}

Task<> Server::serve()
{
    for (;;) {
        auto [failure, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
        if (failure == asio::error::operation_aborted) co_return;
        if (failure) { // out of descriptors, most likely: those in use have to end first
            log::warn("cannot accept a connection: {}", failure.message());
            co_await asio::steady_timer(executor_, std::chrono::milliseconds(100)).async_wait(asio::use_awaitable);
        } else if (connections_.size() < settings_.most_connections) {
            auto connection = std::make_unique<Connection>(*this, std::move(socket));
            tasks_.spawn("connection", Connection::run(std::move(connection)));
        }
    }
}

Task<> Server::finish(std::chrono::milliseconds grace)
{
    finishing_ = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    for (auto* connection : std::list(connections_)) connection->close_if_idle();
    asio::steady_timer timer(executor_);
    auto const deadline = std::chrono::steady_clock::now() + grace;
    while (tasks_.size() > 0 && std::chrono::steady_clock::now() < deadline) {
        timer.expires_after(std::chrono::milliseconds(10));
        co_await timer.async_wait(asio::use_awaitable);
    }
    tasks_.cancel();
    co_await tasks_.join();
}

bool is_loopback(std::string_view host)
{
    if (same_name(host, "localhost")) return true;
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    boost::system::error_code failure;
    auto const address = asio::ip::make_address(std::string(host), failure);
    return !failure && address.is_loopback();
}

} // namespace learning_loop::http
