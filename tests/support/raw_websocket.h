#pragma once

#include "support/raw_connection.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace learning_loop::test {

enum class Opcode : unsigned { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// A frame of a WebSocket (RFC 6455, section 5.2), sound or not.
struct Frame {
    Opcode opcode = Opcode::text;
    std::string payload;
    bool is_last = true;
    unsigned reserved = 0; ///< The three reserved bits.
    bool is_masked = true;
    std::optional<std::uint64_t> announced =
        std::nullopt; ///< The length that its head tells, if not that of the payload.
};

std::string bytes_of(Frame const& frame);

/// What a close frame carries.
std::string close_payload(std::uint16_t code, std::string_view reason = {});

/// The request that asks for a WebSocket. `headers` are whole lines.
std::string handshake(std::string const& target, std::string const& headers = "");

/// A client that sends exactly the frames it is told to, and answers nothing by itself.
class RawWebSocket {
public:
    RawWebSocket(std::uint16_t port, std::string const& target, std::string const& headers = "",
                 int receive_buffer_bytes = 0);

    RawResponse const& handshake_response() const { return response_; }
    RawConnection& connection() { return connection_; }

    bool send(Frame const& frame) { return connection_.send(bytes_of(frame)); }
    bool send_text(std::string text) { return send({Opcode::text, std::move(text)}); }
    bool send_binary(std::string bytes) { return send({Opcode::binary, std::move(bytes)}); }

    std::optional<Frame> read(); ///< Nothing: the server closed without a close frame.

    /// The code that the server closes with, whatever it sends before; 1005: it tells none; 1006: it closes without a
    /// word. The close is answered.
    std::uint16_t close_code();

private:
    RawConnection connection_;
    RawResponse response_;
};

} // namespace learning_loop::test
