#include "learning_loop/http/websocket/websocket.h"

#include "learning_loop/async/running_task.h"
#include "learning_loop/base/text.h"
#include "learning_loop/http/tls.h"
#include "learning_loop/http/websocket/impl/gathering.h"
#include "learning_loop/http/websocket/impl/layer.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <array>

namespace learning_loop::http {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
namespace {

constexpr std::size_t masked_piece_bytes = 64 * 1024;
constexpr std::chrono::milliseconds max_closing{1000}; // for the peer to answer a close
constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

} // namespace

struct WebSocket::Impl {
    Impl(Stream stream, std::string early, BodyBudget budget_)
        : socket(Layer(std::move(stream), std::move(early))), budget(std::move(budget_))
    {}

    websocket::stream<Layer, false> socket;
    BodyBudget budget;
    std::function<void(std::size_t)> told_of_bytes;
    std::string why_closed;
    CloseCode code_to_send = CloseCode::normal;
};

WebSocket::WebSocket(Stream stream, std::string early, std::size_t max_message_bytes, BodyBudget budget)
    : impl_(std::make_unique<Impl>(std::move(stream), std::move(early), std::move(budget)))
{
    boost::system::error_code ignored;
    impl_->socket.next_layer().socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    impl_->socket.read_message_max(max_message_bytes);
    impl_->socket.write_buffer_bytes(masked_piece_bytes);
    impl_->socket.auto_fragment(false);
}

WebSocket::~WebSocket() = default;

Task<bool> WebSocket::accept(Handshake const& request)
{
    auto const [refused] = co_await impl_->socket.async_accept(request, as_tuple);
    if (refused) impl_->why_closed = refused.message();
    co_return !refused;
}

Task<Result<void>> WebSocket::connect(std::string host, std::string target, Headers headers)
{
    auto add = [&headers](websocket::request_type& request) {
        for (auto const& [name, value] : headers.all()) request.insert(name, value);
    };
    impl_->socket.set_option(websocket::stream_base::decorator(add));
    if (auto* tls = impl_->socket.next_layer().tls()) {
        auto const [refused] = co_await tls->async_handshake(asio::ssl::stream_base::client, as_tuple);
        if (refused) co_return Error{Errc::unavailable, tls_fault(tls->native_handle(), refused)};
    }
    websocket::response_type response;
    auto const [failure] = co_await impl_->socket.async_handshake(response, host, target, as_tuple);
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
    auto& socket = impl_->socket;
    Gathering gathering(impl_->budget);
    do {
        about_to_wait_for("a message");
        auto const room = gathering.room(socket.read_size_hint(Gathering::first_bytes));
        if (!room) {
            impl_->why_closed = "too many large messages at once";
            impl_->code_to_send = CloseCode::try_again_later;
            co_return std::nullopt;
        }
        auto const [failure, bytes] = co_await socket.async_read_some(*room, as_tuple);
        if (failure) {
            impl_->why_closed = failure == websocket::error::closed
                                    ? "closed by the peer, code " + std::to_string(socket.reason().code)
                                    : failure.message();
            co_return std::nullopt;
        }
        gathering.add(bytes);
        if (impl_->told_of_bytes) impl_->told_of_bytes(bytes);
    } while (!socket.is_message_done());
    co_return Message{socket.got_binary(), gathering.bytes()};
}

Task<> WebSocket::write(bool is_binary, std::string_view first, std::string_view second)
{
    impl_->socket.binary(is_binary);
    std::array const pieces{asio::buffer(first), asio::buffer(second)};
    co_await impl_->socket.async_write(pieces, asio::use_awaitable);
}

Task<> WebSocket::close(CloseCode code)
{
    websocket::close_reason const reason(static_cast<websocket::close_code>(code));
    impl_->socket.next_layer().close_after(max_closing);
    co_await impl_->socket.async_close(reason, as_tuple);
    impl_->socket.next_layer().lift_limit();
}

void WebSocket::end_within(std::chrono::milliseconds time)
{
    impl_->socket.next_layer().close_after(time);
}

void WebSocket::lift_limit()
{
    impl_->socket.next_layer().lift_limit();
}

void WebSocket::on_bytes(std::function<void(std::size_t)> told)
{
    impl_->told_of_bytes = std::move(told);
}

std::string const& WebSocket::why_closed() const
{
    return impl_->why_closed;
}

CloseCode WebSocket::code_to_send() const
{
    return impl_->code_to_send;
}

Admitted<> check_handshake(WebSocket::Handshake const& request)
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
    return {};
}

bool wants_websocket(Request const& request)
{
    auto const upgrade = request.headers.find("Upgrade");
    return request.method == "GET" && upgrade && same_name(trimmed(*upgrade), "websocket");
}

} // namespace learning_loop::http
