#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/bytes.h"
#include "learning_loop/http/body_budget.h"
#include "learning_loop/http/websocket/close_code.h"
#include "learning_loop/http/message.h"
#include "learning_loop/http/stream.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace learning_loop::http {

/// A WebSocket (RFC 6455) of either side, on Boost.Beast, without compression. One read and one write at a time. To be
/// used on the io thread; keep it alive until both have ended. It has no deadlines: whoever uses it has a heartbeat,
/// and `end_within`.
class WebSocket {
public:
    /// A whole message. A text is UTF-8.
    struct Message {
        bool is_binary = false;
        Bytes bytes;
    };

    /// `early`: bytes that were read from the stream already. A message longer than `max_message_bytes` closes the
    /// connection with 1009; one that finds no room in the budget, with 1013.
    WebSocket(Stream stream, std::string early, std::size_t max_message_bytes, BodyBudget budget);
    ~WebSocket();

    using Handshake = boost::beast::http::request<boost::beast::http::empty_body>;

    /// Answers the request of a client that `refusal_of` has nothing against. False: the connection is over.
    Task<bool> accept(Handshake const& request);

    /// Asks a server for a WebSocket, after the TLS handshake where there is TLS. unavailable: it does not grant it;
    /// the message tells its status.
    Task<Result<void>> connect(std::string host, std::string target, Headers headers);

    /// The next message. Nothing: the connection is over; `why_closed` tells why.
    Task<std::optional<Message>> read();

    /// One message, of both pieces. Throws boost::system::system_error when the connection is over.
    Task<> write(bool is_binary, std::string_view first, std::string_view second = {});

    /// Tells the peer, and waits at most a second for its answer.
    Task<> close(CloseCode code);

    /// Ends whatever runs once that time is over, unless the limit is lifted before. The first limit holds.
    void end_within(std::chrono::milliseconds time);
    void lift_limit();

    /// Called with the count of bytes whenever some of a message came.
    void on_bytes(std::function<void(std::size_t)> told);

    /// Why nothing more can be read, and the code that the peer is still to be told, if it is this side that has had
    /// enough.
    std::string const& why_closed() const;
    CloseCode code_to_send() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_; // out of sight, since Beast's WebSocket takes long to compile
};

/// Whether the client asks for a WebSocket.
bool wants_websocket(Request const& request);

/// The answer to who asks for a WebSocket in another way than RFC 6455, section 4.2.1, wants it.
std::optional<Response> refusal_of(WebSocket::Handshake const& request);

} // namespace learning_loop::http
