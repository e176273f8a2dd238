#pragma once

#include "learning_loop/http/websocket/close_code.h"
#include "learning_loop/socketio/engineio/packet.h"

#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// What the sessions of both sides have in common. A session does no I/O and has no clock: it is given what happens,
// with the time, and returns the actions to take, in order. A WebSocket that is to take over a session which polls is
// called its probe, as in the protocol.

namespace learning_loop::engineio {

using Time = std::chrono::steady_clock::time_point;

enum class Transport { polling, websocket };

inline constexpr std::string_view probe_text = "probe"; ///< Of the ping and the pong of a probe.

/// What a message takes in memory while it waits to be sent. Without the constant, empty messages would count as
/// nothing.
constexpr std::size_t bytes_in_memory(std::size_t bytes)
{
    return bytes + 128;
}

struct TakenPayload {
    std::string payload;
    std::size_t memory_bytes = 0; ///< What its packets took in memory while they waited.
};

/// Takes the first packets from a queue and writes them as a payload: as many as peers accept (python-engineio accepts
/// 16 at a time) and as fit into `max_bytes`, but at least one.
TakenPayload take_payload(std::deque<Packet>& queue, std::size_t max_bytes);

/// Give this message to the application.
struct Deliver {
    Message message;
    friend bool operator==(Deliver const&, Deliver const&) = default;
};

/// Send this packet over the session's WebSocket.
struct Send {
    Packet packet;
    friend bool operator==(Send const&, Send const&) = default;
};

/// Send this packet over the probe.
struct SendProbe {
    Packet packet;
    friend bool operator==(SendProbe const&, SendProbe const&) = default;
};

/// The probe becomes the session's WebSocket: what follows is sent over it.
struct Promote {
    friend bool operator==(Promote const&, Promote const&) = default;
};

/// Close the probe. The session goes on without it.
struct DropProbe {
    std::string why;
    friend bool operator==(DropProbe const&, DropProbe const&) = default;
};

/// The session is over: close its WebSockets. Nothing follows.
struct End {
    std::string why;                                ///< For the log and the application.
    http::CloseCode code = http::CloseCode::normal; ///< For its WebSocket.
    friend bool operator==(End const&, End const&) = default;
};

} // namespace learning_loop::engineio
