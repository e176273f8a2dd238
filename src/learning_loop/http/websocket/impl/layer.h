#pragma once

#include "learning_loop/http/stream.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

// The layer below Beast's WebSocket.

namespace learning_loop::http {

/// A stream that begins with bytes that were read from it before, and that can be closed after a time.
class Layer {
public:
    using executor_type = Stream::executor_type;

    Layer(Stream stream, std::string early)
        : stream_(std::make_shared<Stream>(std::move(stream))),
          early_(std::move(early)),
          limit_(stream_->get_executor())
    {}

    executor_type get_executor() { return stream_->get_executor(); }
    boost::asio::ip::tcp::socket& socket() { return stream_->socket(); }
    Stream::Tls* tls() { return stream_->tls(); }

    /// See WebSocket::end_within.
    void close_after(std::chrono::milliseconds time)
    {
        if (std::exchange(is_limited_, true)) return;
        limit_.expires_after(time);
        limit_.async_wait([stream = stream_](boost::system::error_code cut_short) {
            boost::system::error_code ignored;
            if (!cut_short) stream->socket().close(ignored);
        });
    }
    void lift_limit()
    {
        is_limited_ = false;
        limit_.cancel();
    }

    template <class Buffers, class Token>
    auto async_read_some(Buffers const& buffers, Token&& token)
    {
        auto start = [this](auto handler, Buffers const& into) {
            if (early_.empty()) {
                stream_->async_read_some(into, std::move(handler));
                return;
            }
            auto const bytes = boost::asio::buffer_copy(into, boost::asio::buffer(early_));
            early_.erase(0, bytes);
            boost::asio::post(stream_->get_executor(),
                              boost::beast::bind_front_handler(std::move(handler), boost::system::error_code(), bytes));
        };
        return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(start, token, buffers);
    }

    template <class Buffers, class Token>
    auto async_write_some(Buffers const& buffers, Token&& token)
    {
        return stream_->async_write_some(buffers, std::forward<Token>(token));
    }

private:
    std::shared_ptr<Stream> stream_; // shared: with the handler of the limit, which may run after this is gone
    std::string early_;
    boost::asio::steady_timer limit_;
    bool is_limited_ = false;
};

/// Closes a connection so that the peer gets the close frame: what it still sends is read and dropped for a while,
/// since unread bytes would reset the connection.
struct Linger {
    static constexpr std::chrono::milliseconds max_lingering{500}; ///< For the peer to read the close frame.

    Layer& layer;
    bool begun = false;

    template <class Self>
    void operator()(Self& self, boost::system::error_code end = {}, std::size_t = 0)
    {
        static thread_local std::array<char, 16 * 1024> dropped; // shared by all connections: nobody reads it
        auto& socket = layer.socket();
        if (!std::exchange(begun, true)) {
            boost::system::error_code ignored;
            socket.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
            layer.close_after(max_lingering);
        }
        if (!end) {
            socket.async_read_some(boost::asio::buffer(dropped), std::move(self));
            return;
        }
        layer.lift_limit();
        boost::system::error_code ignored;
        socket.close(ignored);
        self.complete({});
    }
};

// Beast finds both by argument-dependent lookup.
template <class Handler>
void async_teardown(boost::beast::role_type, Layer& layer, Handler&& handler)
{
    boost::asio::async_compose<Handler, void(boost::system::error_code)>(Linger{layer}, handler, layer.socket());
}

inline void beast_close_socket(Layer& layer)
{
    boost::system::error_code ignored;
    layer.socket().close(ignored);
}

} // namespace learning_loop::http
