#pragma once

#include "learning_loop/base/bytes.h"
#include "learning_loop/base/error.h"

#include <cstdint>
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

/// What the application sends and receives: a text or bytes.
struct Message {
    bool is_binary = false;
    Bytes bytes;

    friend bool operator==(Message const&, Message const&) = default;
};

struct Packet {
    PacketType type = PacketType::noop;
    Message data;          ///< Binary only for a message.
    bool is_alone = false; ///< Over a WebSocket what follows comes a moment later, so that the peer reads this alone.

    friend bool operator==(Packet const&, Packet const&) = default;
};

Packet packet(PacketType type, std::string text = {});

/// Reads a frame of a WebSocket. Errors: invalid_argument if it is not a packet.
Result<Packet> packet_of_frame(Message frame);

/// Reads a payload. Errors: invalid_argument if a packet is malformed, or if there are more than `max_packets`: a small
/// body must not keep the io thread busy.
Result<std::vector<Packet>> packets_of_payload(Bytes const& payload, std::size_t max_packets = 10'000);

std::string payload_of(std::span<Packet const> packets);

/// How many bytes a packet takes in a payload.
std::size_t bytes_in_payload(Packet const& packet);

/// The first packet of a server, which opens the session.
struct Opening {
    std::string sid; ///< The session's id, a secret: whoever knows it can use the session.
    std::vector<std::string> upgrades;
    std::int64_t pingInterval = 0;           ///< Milliseconds between two pings of the server.
    std::int64_t pingTimeout = 0;            ///< Milliseconds that a pong may take.
    std::optional<std::uint64_t> maxPayload; ///< Bytes of the longest payload that it takes. Old servers do not tell.
};

Packet packet_of(Opening const& opening);

/// Errors: invalid_argument, naming the field, if one is missing or wrong.
Result<Opening> opening_of(Packet const& packet);

} // namespace learning_loop::engineio
