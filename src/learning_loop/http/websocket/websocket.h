#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/bytes.h"
#include "learning_loop/http/body_budget.h"
#include "learning_loop/http/refusal.h"
#include "learning_loop/http/stream.h"
#include "learning_loop/http/websocket/close_code.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace learning_loop::http {

/// A WebSocket (RFC 6455) of either side, on Boost.Beast, without compression. Callers must be on the io thread, read
/// and write one message at a time, and keep it alive until both have ended. It has no deadlines of its own: callers
/// need a heartbeat, and `end_within`.
class WebSocket {
public:
    /// A whole message. If it is not binary, it is valid UTF-8.
    struct Message {
        bool is_binary = false;
        Bytes bytes;
    };

    /// `early`: bytes that were read from the stream already. The connection is closed with 1009 if a message is longer
    /// than `max_message_bytes`, and with 1013 if the budget has no room for it.
    WebSocket(Stream stream, std::string early, std::size_t max_message_bytes, BodyBudget budget);
    ~WebSocket();

    using Handshake = boost::beast::http::request<boost::beast::http::empty_body>;

    /// Accepts the request of a client, which `check_handshake` must have passed. Returns false if the connection is
    /// over.
    Task<bool> accept(Handshake const& request);

    /// Asks a server for a WebSocket, after the TLS handshake if there is TLS. Errors: unavailable if it opens none;
    /// the message tells the reason.
    Task<Result<void>> connect(std::string host, std::string target, Headers headers);

    /// Reads the next message. Returns nullopt if the connection is over; `why_closed` tells the reason.
    Task<std::optional<Message>> read();

    /// Writes one message, which consists of both pieces. Throws boost::system::system_error if the connection is over.
    Task<> write(bool is_binary, std::string_view first, std::string_view second = {});

    /// Sends a close frame, and waits at most a second for the peer's.
    Task<> close(CloseCode code);

    /// Ends the connection after that time, unless the limit is lifted before. If there is a limit already, that one
    /// holds.
    void end_within(std::chrono::milliseconds time);
    void lift_limit();

    /// `told` is called with their number whenever bytes of a message have come.
    void on_bytes(std::function<void(std::size_t)> told);

    /// Why nothing more can be read, and the code to close with: another one than `normal` if this side is the reason.
    std::string const& why_closed() const;
    CloseCode code_to_send() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_; // hidden, since Beast's WebSocket takes long to compile
};

/// Whether the client asks for a WebSocket.
bool wants_websocket(Request const& request);

/// Refuses a request that does not ask for a WebSocket as RFC 6455, section 4.2.1, demands.
Admitted<> check_handshake(WebSocket::Handshake const& request);

} // namespace learning_loop::http
