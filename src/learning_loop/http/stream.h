#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <utility>

namespace learning_loop::http {

/// A TCP connection, with or without TLS: its users need not know which.
class Stream {
public:
    using executor_type = boost::asio::ip::tcp::socket::executor_type;
    using Tls = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;

    /// `context`: nullptr for plain TCP.
    Stream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* context)
        : socket_(std::make_unique<boost::asio::ip::tcp::socket>(std::move(socket))),
          tls_(context ? std::make_unique<Tls>(*socket_, *context) : nullptr)
    {}

    executor_type get_executor() { return socket_->get_executor(); }
    boost::asio::ip::tcp::socket& socket() { return *socket_; }
    Tls* tls() const { return tls_.get(); } ///< nullptr: plain.

    template <class Buffers, class Token>
    auto async_read_some(Buffers const& buffers, Token&& token)
    {
        auto start = [this](auto handler, Buffers const& into) {
            if (tls_) tls_->async_read_some(into, std::move(handler));
            else socket_->async_read_some(into, std::move(handler));
        };
        return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(start, token, buffers);
    }

    template <class Buffers, class Token>
    auto async_write_some(Buffers const& buffers, Token&& token)
    {
        auto start = [this](auto handler, Buffers const& from) {
            if (tls_) tls_->async_write_some(from, std::move(handler));
            else socket_->async_write_some(from, std::move(handler));
        };
        return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(start, token, buffers);
    }

private:
    std::unique_ptr<boost::asio::ip::tcp::socket> socket_; // does not move when this moves: TLS refers to it
    std::unique_ptr<Tls> tls_;                             // destroyed before the socket, which it uses
};

} // namespace learning_loop::http
