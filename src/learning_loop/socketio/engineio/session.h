#pragma once

#include "learning_loop/socketio/engineio/packet.h"
#include "learning_loop/http/websocket/close_code.h"

#include <chrono>
#include <deque>
#include <string>
#include <variant>
#include <vector>

// What the sessions of both sides have in common: they do no I/O and know no clock. What happens goes in, with the
// time; what is to be done comes out, in order.

namespace learning_loop::engineio {

using Time = std::chrono::steady_clock::time_point;

enum class Transport { polling, websocket };

/// What a message of so many bytes takes while it waits to be sent: without room for what keeps them, empty ones would
/// cost nothing.
constexpr std::size_t bytes_in_memory(std::size_t bytes)
{
    return bytes + 128;
}

struct TakenPayload {
    std::string payload;
    std::size_t memory_bytes = 0; ///< That its packets took while they waited.
};

/// The first packets of a queue, as a payload; they go from it. As many as peers take (python-engineio takes 16 at a
/// time) and as fit into `max_bytes`, but one at least.
TakenPayload take_payload(std::deque<Packet>& queue, std::size_t max_bytes);

/// To the application: a message came.
struct Deliver {
    Message message;
    friend bool operator==(Deliver const&, Deliver const&) = default;
};

/// Over the session's WebSocket.
struct Send {
    Packet packet;
    friend bool operator==(Send const&, Send const&) = default;
};

/// Over the WebSocket that tries to become the session's.
struct SendProbe {
    Packet packet;
    friend bool operator==(SendProbe const&, SendProbe const&) = default;
};

/// The WebSocket that tried becomes the session's; what was to be sent goes over it.
struct Promote {
    friend bool operator==(Promote const&, Promote const&) = default;
};

/// The WebSocket that tried is to be closed; the session goes on without it.
struct DropProbe {
    std::string why;
    friend bool operator==(DropProbe const&, DropProbe const&) = default;
};

/// The session is over: its WebSockets are closed, nothing follows.
struct End {
    std::string why;                                ///< For the log and the application.
    http::CloseCode code = http::CloseCode::normal; ///< Of its WebSocket.
    friend bool operator==(End const&, End const&) = default;
};

} // namespace learning_loop::engineio
