#pragma once

#include "learning_loop/socketio/engineio/session.h"

#include <cstdint>
#include <deque>

namespace learning_loop::engineio {

/// How a server keeps its sessions. Defaults as peers have them.
struct SessionOptions {
    std::chrono::milliseconds ping_interval{25'000};
    std::chrono::milliseconds ping_timeout{20'000};      ///< Longest time to a pong, unless bytes come meanwhile.
    std::chrono::milliseconds upgrade_timeout{10'000};   ///< Longest try of a WebSocket to become the session's.
    std::size_t max_payload = (64u << 20) + (64u << 10); ///< Bytes of a message or a payload; more end the session.
    std::size_t max_queued_bytes = 80u << 20;           ///< In memory, to be sent; a client that takes less is let go.
};

/// The poll that waits is answered with this payload.
struct AnswerPoll {
    std::string payload;
    friend bool operator==(AnswerPoll const&, AnswerPoll const&) = default;
};

/// The request that was told of just now is answered 400; a WebSocket is closed.
struct Refuse {
    std::string why;
    friend bool operator==(Refuse const&, Refuse const&) = default;
};

using ServerAction = std::variant<Deliver, AnswerPoll, Refuse, Send, SendProbe, Promote, DropProbe, End>;
using ServerActions = std::vector<ServerAction>;

/// The server's side of an Engine.IO session. A session that is over does nothing more.
class ServerSession {
public:
    ServerSession(std::string sid, Transport first, SessionOptions const& options, Time now);

    std::string const& sid() const { return sid_; }
    Packet opening() const; ///< What the client is told first, in the answer to the GET that opened the session ...
    ServerActions on_opened_by_websocket(); ///< ... or over the WebSocket.

    ServerActions on_poll(Time now);                       ///< A GET, which waits until AnswerPoll.
    ServerActions on_post(Bytes const& payload, Time now); ///< A POST, answered `ok` unless Refuse comes.
    ServerActions on_websocket(Time now);                  ///< A WebSocket wants to become the session's.
    ServerActions on_frame(Message frame, Time now);       ///< Of the session's WebSocket.
    ServerActions on_probe_frame(Message frame, Time now); ///< Of the one that tries.
    ServerActions on_websocket_closed(std::string why, http::CloseCode code); ///< The session's.
    void on_probe_closed() { probe_ = Probe::none; }

    /// The client goes on sending, even if no frame is whole yet: it is alive.
    void on_bytes(std::size_t bytes) { bytes_since_ping_ += bytes; }

    /// A packet of Send or SendProbe with so many bytes has gone out.
    void on_sent(std::size_t bytes) { queued_bytes_ -= bytes_in_memory(bytes); }

    ServerActions send(std::vector<Message> messages);          ///< In this order.
    ServerActions close(std::string why, http::CloseCode code); ///< From this side.
    ServerActions on_time(Time now);                            ///< Call at `next_time`, or later.
    Time next_time() const;

    bool is_over() const { return over_; }
    Transport transport() const { return transport_; }

private:
    enum class Probe { none, open, answered };

    void take(Packet packet, Time now, ServerActions& actions);
    void queue(Packet packet, ServerActions& actions);
    void flush(ServerActions& actions);
    void send_poll_home(Time now, ServerActions& actions);
    void end(std::string why, ServerActions& actions, http::CloseCode code = http::CloseCode::protocol_error);
    bool is_lost() const;

    std::string sid_;
    SessionOptions options_;
    Transport transport_;
    Probe probe_ = Probe::none;
    Time probe_until_{};
    Time next_noop_{};
    bool poll_waits_ = false;
    bool over_ = false;
    bool ping_is_out_ = false;
    Time ping_time_; ///< When the next ping is due, or the pong to the one that is out.
    std::size_t bytes_since_ping_ = 0;
    std::deque<Packet> queue_; ///< While polling: what waits for a poll.
    std::size_t queued_bytes_ = 0;
};

} // namespace learning_loop::engineio
