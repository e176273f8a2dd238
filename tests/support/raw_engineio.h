#pragma once

#include "support/raw_websocket.h"

#include <optional>
#include <string>
#include <vector>

// Engine.IO 4 and Socket.IO 5 by hand: what is sent is what the test says, sound or not.

namespace learning_loop::test {

constexpr char payload_separator = '\x1e';

/// `<path>/?EIO=4&transport=<transport>[&sid=<sid>]`
std::string engine_target(std::string const& path, std::string const& transport, std::string const& sid = "");

/// The sid that an open packet tells; empty: none.
std::string sid_in(std::string const& opening);

/// A session that is opened by long-polling.
class RawPolling {
public:
    RawPolling(std::uint16_t port, std::string path, std::string const& headers = "");

    RawResponse const& opening() const { return opening_; }
    std::string const& sid() const { return sid_; } ///< Empty when the session was refused.
    std::string target(std::string const& transport) const { return engine_target(path_, transport, sid_); }

    void ask(); ///< A poll, whose answer `response` waits for.
    RawResponse response() { return polls_.response(); }
    RawResponse poll();
    RawResponse post(std::string const& payload);

private:
    std::uint16_t port_;
    std::string path_;
    RawConnection polls_; ///< One connection for the GETs; each POST has one of its own.
    RawResponse opening_;
    std::string sid_;
};

/// A session that is a WebSocket from the beginning. Answers pings of Engine.IO, unless told not to.
class RawEngineIo {
public:
    RawEngineIo(std::uint16_t port, std::string const& path, int receive_buffer_bytes = 0);

    RawWebSocket& socket() { return socket_; }
    std::string const& opening() const { return opening_; } ///< The first packet.

    bool send(std::string packet) { return socket_.send_text(std::move(packet)); }
    bool send_bytes(std::string bytes) { return socket_.send_binary(std::move(bytes)); }
    std::string next(); ///< The next packet but pings; bytes as `b` and they. Empty: the connection is over.

    bool answers_pings = true;

private:
    RawWebSocket socket_;
    std::string opening_;
};

/// Socket.IO over a WebSocket: the packets are those of Socket.IO.
class RawSocketIo {
public:
    explicit RawSocketIo(std::uint16_t port, int receive_buffer_bytes = 0);

    RawEngineIo& engine() { return engine_; }

    std::string connect(std::string const& nsp = "/"); ///< The answer to a CONNECT.
    bool send(std::string const& packet) { return engine_.send("4" + packet); }
    bool attach(std::string bytes) { return engine_.send_bytes(std::move(bytes)); }
    std::string next(); ///< The next packet; attachments as `b` and their bytes. Empty: the connection is over.
    bool is_closed();   ///< Waits for the end.
    std::uint16_t close_code() { return engine_.socket().close_code(); }

private:
    RawEngineIo engine_;
};

} // namespace learning_loop::test
