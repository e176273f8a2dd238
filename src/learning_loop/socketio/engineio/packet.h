#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/base/bytes.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Engine.IO, protocol 4 (github.com/socketio/engine.io-protocol): packets and how they are written. Over a WebSocket a
// frame is a packet: a digit and its data, or the bytes of a binary message alone. Over HTTP long-polling a body is a
// payload: packets with the separator 0x1e between them, a binary message as `b` and its base64.

namespace learning_loop::engineio {

enum class PacketType : char {
    open = '0',
    close = '1',
    ping = '2',
    pong = '3',
    message = '4',
    upgrade = '5',
    noop = '6'
};

/// What the application above sends and gets: a text or bytes.
struct Message {
    bool is_binary = false;
    Bytes bytes;

    friend bool operator==(Message const&, Message const&) = default;
};

struct Packet {
    PacketType type = PacketType::noop;
    Message data; ///< Binary only for a message.

    friend bool operator==(Packet const&, Packet const&) = default;
};

Packet packet(PacketType type, std::string text = {});

/// The packet that a frame of a WebSocket is. invalid_argument: none.
Result<Packet> packet_of_frame(Message frame);

/// The packets of a payload. invalid_argument: one of them is malformed, or there are more than `max_packets`, so
/// that a small body cannot keep the io thread busy.
Result<std::vector<Packet>> packets_of_payload(Bytes const& payload, std::size_t max_packets = 10'000);

std::string payload_of(std::span<Packet const> packets);

/// How many bytes a packet takes in a payload.
std::size_t bytes_in_payload(Packet const& packet);

/// What the first packet of a server tells its client.
struct Opening {
    std::string sid; ///< The session's id: who knows it, may use the session.
    std::vector<std::string> upgrades;
    std::int64_t pingInterval = 0;           ///< Milliseconds between two pings of the server.
    std::int64_t pingTimeout = 0;            ///< Milliseconds that a pong may take.
    std::optional<std::uint64_t> maxPayload; ///< Most bytes of a payload that the server takes. Older ones do not tell.
};

Packet packet_of(Opening const& opening);

/// invalid_argument names the field that is missing or wrong.
Result<Opening> opening_of(Packet const& packet);

} // namespace learning_loop::engineio
