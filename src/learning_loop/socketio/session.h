#pragma once

#include "learning_loop/socketio/engineio/session.h"
#include "learning_loop/socketio/packet.h"

#include <string>
#include <vector>

// What the sessions of both sides have in common: they do no I/O and know no clock. What happens goes in, with the
// time; what is to be done comes out, in order.

namespace learning_loop::socketio {

using engineio::Time;

/// These messages to the peer, in order.
struct Send {
    std::vector<engineio::Message> messages;
};

/// An event came in; with `ack_id` it wants an ack.
struct Event {
    std::string nsp;
    std::string name;
    Arguments arguments;
    std::optional<std::uint64_t> ack_id;
    std::size_t bytes = 0; ///< That it takes in memory, about.
};

/// The ack to an event of ours came. It may be late, or the second one.
struct Answer {
    std::string nsp;
    std::uint64_t ack_id = 0;
    Arguments arguments;
};

/// The connection is over and is to be closed.
struct End {
    std::string why;
    http::CloseCode code = http::CloseCode::protocol_error;
};

/// Watches that what a peer announced comes: a packet may not wait for its attachments without end, and they must come
/// at more than a trickle, also after a good beginning.
class AttachmentWatch {
public:
    /// After every message: whether its packet still waits for attachments.
    void update(bool waits, Time now);
    void on_bytes(std::size_t bytes) { bytes_ += bytes; } ///< Of any message.
    bool is_late(Time now);                               ///< Call at `next_time`, or later.
    Time next_time() const;                               ///< When to look again.

private:
    bool waits_ = false;
    Time since_{};
    Time last_look_{};
    std::size_t bytes_ = 0; ///< Since the last look.
};

/// The name and the arguments of an event's or ack's packet.
Event event_of(Packet packet);
Answer answer_of(Packet packet);

} // namespace learning_loop::socketio
