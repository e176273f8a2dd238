#include "learning_loop/http/websocket/websocket.h"

#include "learning_loop/async/running_task.h"
#include "learning_loop/http/tls.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <array>
#include <cstring>

namespace learning_loop::http {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
namespace {

constexpr std::size_t first_bytes = 4 * 1024;
constexpr std::size_t max_piece_bytes = 1024 * 1024;
constexpr std::size_t masked_piece_bytes = 64 * 1024;
constexpr std::chrono::milliseconds max_lingering{500}; // for the peer to see why it is let go
constexpr std::chrono::milliseconds max_closing{1000};  // for the peer to answer a close
constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

/// A stream that begins with what was read of it before.
class Layer {
public:
    using executor_type = Stream::executor_type;

    Layer(Stream stream, std::string early)
        : stream_(std::make_shared<Stream>(std::move(stream))),
          early_(std::move(early)),
          limit_(stream_->get_executor())
    {}

    executor_type get_executor() { return stream_->get_executor(); }
    asio::ip::tcp::socket& socket() { return stream_->socket(); }
    Stream::Tls* tls() { return stream_->tls(); }

    /// Closes the socket after that time, unless `lift_limit` is called before. The first limit holds.
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
            auto const bytes = asio::buffer_copy(into, asio::buffer(early_));
            early_.erase(0, bytes);
            asio::post(stream_->get_executor(),
                       beast::bind_front_handler(std::move(handler), boost::system::error_code(), bytes));
        };
        return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(start, token, buffers);
    }

    template <class Buffers, class Token>
    auto async_write_some(Buffers const& buffers, Token&& token)
    {
        return stream_->async_write_some(buffers, std::forward<Token>(token));
    }

private:
    std::shared_ptr<Stream> stream_; // shared: with the handler of the limit, which may run when this is gone
    std::string early_;
    asio::steady_timer limit_;
    bool is_limited_ = false;
};

/// Lets the peer see the close frame, which a reset would take from it: what it still sends is dropped, for a while.
struct Linger {
    Layer& layer;
    bool begun = false;

    template <class Self>
    void operator()(Self& self, boost::system::error_code end = {}, std::size_t = 0)
    {
        static thread_local std::array<char, 16 * 1024> dropped; // of all connections: nobody reads it
        auto& socket = layer.socket();
        if (!std::exchange(begun, true)) {
            boost::system::error_code ignored;
            socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
            layer.close_after(max_lingering);
        }
        if (!end) {
            socket.async_read_some(asio::buffer(dropped), std::move(self));
            return;
        }
        layer.lift_limit();
        boost::system::error_code ignored;
        socket.close(ignored);
        self.complete({});
    }
};

// Beast finds these two by argument-dependent lookup.
template <class Handler>
void async_teardown(beast::role_type, Layer& layer, Handler&& handler)
{
    asio::async_compose<Handler, void(boost::system::error_code)>(Linger{layer}, handler, layer.socket());
}

void beast_close_socket(Layer& layer)
{
    boost::system::error_code ignored;
    layer.socket().close(ignored);
}

/// Where a message is gathered. Memory that is asked for but not written to costs no more than its address: so a whole
/// message gets its place at once, and its share of the budget as it comes: who sends little of it holds little.
class Gathering {
public:
    explicit Gathering(BodyBudget& budget) : held_(std::make_shared<Held>()) { held_->share = budget.begin(); }

    /// Room for some of the `coming` bytes. Nothing: the budget has none.
    std::optional<asio::mutable_buffer> room(std::size_t coming)
    {
        if (size_ == capacity_) grow(coming);
        auto const piece = std::min({capacity_ - size_, std::max(size_, first_bytes), max_piece_bytes});
        if (size_ > 0 && !held_->share.grow_to(size_ + piece)) return std::nullopt; // else all that are idle hold one
        return asio::buffer(held_->data.get() + size_, piece);
    }

    void came(std::size_t bytes) { size_ += bytes; }

    /// A short message gets a place of its size, and no share: it may be kept for long, among many.
    Bytes bytes() const
    {
        std::string_view const view(held_->data.get(), size_);
        if (size_ <= first_bytes) return Bytes(std::string(view));
        held_->share.shrink_to(size_);
        return {held_, view};
    }

private:
    struct Held {
        BodyBudget::Share share;
        std::unique_ptr<char[]> data;
    };

    void grow(std::size_t coming)
    {
        auto const capacity = size_ + std::max({coming, first_bytes, size_});
        auto data = std::make_unique_for_overwrite<char[]>(capacity);
        if (size_ > 0) std::memcpy(data.get(), held_->data.get(), size_);
        held_->data = std::move(data);
        capacity_ = capacity;
    }

    std::shared_ptr<Held> held_; // shared: by the Bytes that are made of it
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace

struct WebSocket::Parts {
    Parts(Stream stream, std::string early, BodyBudget budget_)
        : socket(Layer(std::move(stream), std::move(early))), budget(std::move(budget_))
    {}

    websocket::stream<Layer, false> socket;
    BodyBudget budget;
    std::function<void(std::size_t)> told_of_bytes;
    std::string why_closed;
    CloseCode code_to_send = CloseCode::normal;
};

WebSocket::WebSocket(Stream stream, std::string early, std::size_t max_message_bytes, BodyBudget budget)
    : parts_(std::make_unique<Parts>(std::move(stream), std::move(early), std::move(budget)))
{
    boost::system::error_code ignored;
    parts_->socket.next_layer().socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    parts_->socket.read_message_max(max_message_bytes);
    parts_->socket.write_buffer_bytes(masked_piece_bytes);
    parts_->socket.auto_fragment(false);
}

WebSocket::~WebSocket() = default;

Task<bool> WebSocket::accept(Handshake const& request)
{
    auto const [refused] = co_await parts_->socket.async_accept(request, as_tuple);
    if (refused) parts_->why_closed = refused.message();
    co_return !refused;
}

Task<Result<void>> WebSocket::connect(std::string host, std::string target, Headers headers)
{
    auto add = [&headers](websocket::request_type& request) {
        for (auto const& [name, value] : headers.all()) request.insert(name, value);
    };
    parts_->socket.set_option(websocket::stream_base::decorator(add));
    if (auto* tls = parts_->socket.next_layer().tls()) {
        auto const [refused] = co_await tls->async_handshake(asio::ssl::stream_base::client, as_tuple);
        if (refused) co_return Error{Errc::unavailable, tls_fault(tls->native_handle(), refused)};
    }
    websocket::response_type response;
    auto const [failure] = co_await parts_->socket.async_handshake(response, host, target, as_tuple);
    if (failure == websocket::error::upgrade_declined)
        co_return Error{Errc::unavailable, "the server answers " + std::to_string(response.result_int()) +
                                               " instead of opening a WebSocket"};
    if (failure == asio::error::operation_aborted || failure == asio::error::bad_descriptor)
        co_return Error{Errc::unavailable, "the server opens no WebSocket in time"};
    if (failure) co_return Error{Errc::unavailable, failure.message()};
    co_return Result<void>();
}

Task<std::optional<WebSocket::Message>> WebSocket::read()
{
    auto& socket = parts_->socket;
    Gathering gathering(parts_->budget);
    do {
        about_to_wait_for("a message");
        auto const room = gathering.room(socket.read_size_hint(first_bytes));
        if (!room) {
            parts_->why_closed = "too many large messages at once";
            parts_->code_to_send = CloseCode::try_again_later;
            co_return std::nullopt;
        }
        auto const [failure, bytes] = co_await socket.async_read_some(*room, as_tuple);
        if (failure) {
            parts_->why_closed = failure == websocket::error::closed
                                     ? "closed by the peer, code " + std::to_string(socket.reason().code)
                                     : failure.message();
            co_return std::nullopt;
        }
        gathering.came(bytes);
        if (parts_->told_of_bytes) parts_->told_of_bytes(bytes);
    } while (!socket.is_message_done());
    co_return Message{socket.got_binary(), gathering.bytes()};
}

Task<> WebSocket::write(bool is_binary, std::string_view first, std::string_view second)
{
    parts_->socket.binary(is_binary);
    std::array const pieces{asio::buffer(first), asio::buffer(second)};
    co_await parts_->socket.async_write(pieces, asio::use_awaitable);
}

Task<> WebSocket::close(CloseCode code)
{
    websocket::close_reason const reason(static_cast<websocket::close_code>(code));
    parts_->socket.next_layer().close_after(max_closing);
    co_await parts_->socket.async_close(reason, as_tuple);
    parts_->socket.next_layer().lift_limit();
}

void WebSocket::end_within(std::chrono::milliseconds time)
{
    parts_->socket.next_layer().close_after(time);
}

void WebSocket::lift_limit()
{
    parts_->socket.next_layer().lift_limit();
}

void WebSocket::on_bytes(std::function<void(std::size_t)> told)
{
    parts_->told_of_bytes = std::move(told);
}

std::string const& WebSocket::why_closed() const
{
    return parts_->why_closed;
}

CloseCode WebSocket::code_to_send() const
{
    return parts_->code_to_send;
}

std::optional<Response> refusal_of(WebSocket::Handshake const& request)
{
    constexpr std::size_t key_length = 24; // 16 bytes in base64
    using beast::http::field;
    if (!websocket::is_upgrade(request))
        return error_response(400, "here a WebSocket opens, and this is no HTTP/1.1 request for one");
    if (request[field::sec_websocket_version] != "13") {
        auto refusal = error_response(426, "the WebSocket must be of version 13");
        refusal.headers.add("Sec-WebSocket-Version", "13");
        return refusal;
    }
    if (request[field::sec_websocket_key].size() != key_length)
        return error_response(400, "the header Sec-WebSocket-Key must be 16 bytes in base64");
    return std::nullopt;
}

bool wants_websocket(Request const& request)
{
    auto const upgrade = request.headers.find("Upgrade");
    return request.method == "GET" && upgrade && same_name(trimmed(*upgrade), "websocket");
}

} // namespace learning_loop::http
