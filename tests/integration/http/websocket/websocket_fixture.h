#pragma once

#include "integration/http/server/server_fixture.h"
#include "support/notes.h"
#include "support/raw_websocket.h"

namespace learning_loop::http {

/// A server with two WebSockets: `/ws` sends back what it gets, `/ws/bye` closes after the first message.
struct WebSocketFixture : ServerFixture {
    WebSocketFixture();
    ~WebSocketFixture() override { server.reset(); } // it uses what follows

    /// What the server answers to that frame, or those bytes: the code that it closes with.
    std::uint16_t code_after(test::Frame const& frame) { return code_after(test::bytes_of(frame)); }
    std::uint16_t code_after(std::string_view bytes);

    /// Sends a text and expects it back.
    static void expect_echo(test::RawWebSocket& client, std::string const& text = "hello");

    /// Waits until the server has as many connections as that; false when it does not within that time.
    bool has_connections(int count, std::chrono::milliseconds most = std::chrono::seconds(20));

    std::string metric(std::string const& name); ///< The value of that line of the metrics; empty: there is none.

    std::size_t max_message_bytes = 1000;
    test::Notes why_closed; ///< By WebSocket::why_closed, of `/ws`.
};

} // namespace learning_loop::http
