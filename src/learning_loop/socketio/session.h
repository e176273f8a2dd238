#pragma once

#include "learning_loop/socketio/engineio/session.h"
#include "learning_loop/socketio/packet.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

// What the sessions of both sides have in common. A session does no I/O and has no clock: it is given what happens,
// with the time, and returns the actions to take, in order.

namespace learning_loop::socketio {

using engineio::Time;

/// How often they are told the time: their deadlines are seconds.
inline constexpr std::chrono::milliseconds tick{100};

/// Send these messages to the peer, in order.
struct Send {
    std::vector<engineio::Message> messages;
    bool is_alone = false; ///< As in engineio::Packet.
};

/// An event came. With `ack_id` the peer wants an ack.
struct Event {
    std::string nsp;
    std::string name;
    Arguments arguments;
    std::optional<std::uint64_t> ack_id;
    std::size_t bytes = 0; ///< What it takes in memory, about.
};

/// The ack of one of our events came. It may be late, or come a second time.
struct Answer {
    std::string nsp;
    std::uint64_t ack_id = 0;
    Arguments arguments;
};

/// The connection is over: close it.
struct End {
    std::string why;
    http::CloseCode code = http::CloseCode::protocol_error;
};

/// Limits how long a packet may wait for the attachments that it announced. They must keep coming faster than a
/// trickle, however fast the first ones came.
class AttachmentWatch {
public:
    /// Must be called after every message: whether its packet waits for more attachments.
    void update(bool waits, Time now);
    void on_bytes(std::size_t bytes) { bytes_ += bytes; } ///< Of any message.
    bool is_late(Time now);                               ///< Must be called at `next_time` or later.
    Time next_time() const;                               ///< When to check again.

private:
    bool waits_ = false;
    Time since_{};
    Time last_check_{};
    std::size_t bytes_ = 0; ///< Since the last check.
};

/// Takes the packet of an event apart.
Event event_of(Packet packet);

/// Takes the packet of an ack apart.
Answer answer_of(Packet packet);

} // namespace learning_loop::socketio
