#pragma once

#include "learning_loop/socketio/engineio/session.h"

#include <cstdint>
#include <deque>

namespace learning_loop::engineio {

/// How a server keeps its sessions. The defaults are those of other servers.
struct SessionOptions {
    std::chrono::milliseconds ping_interval{25'000};
    std::chrono::milliseconds ping_timeout{20'000};      ///< For the pong. Longer while other bytes come in.
    std::chrono::milliseconds upgrade_timeout{10'000};   ///< For the upgrade to a WebSocket.
    std::size_t max_payload = (64u << 20) + (64u << 10); ///< Of a message or a payload; a longer one ends the session.
    std::size_t max_queued_bytes = 80u << 20;            ///< In memory, waiting to be sent; more end the session.
    std::chrono::milliseconds pause{20};                 ///< After a packet that is alone. 0: none.
};

/// Answer the waiting poll with this payload.
struct AnswerPoll {
    std::string payload;
    friend bool operator==(AnswerPoll const&, AnswerPoll const&) = default;
};

/// Refuse what `on_poll`, `on_post` or `on_websocket` was called for: the request is answered 400, the WebSocket is
/// closed.
struct Refuse {
    std::string why;
    friend bool operator==(Refuse const&, Refuse const&) = default;
};

using ServerAction = std::variant<Deliver, AnswerPoll, Refuse, Send, SendProbe, Promote, DropProbe, End>;
using ServerActions = std::vector<ServerAction>;

/// The server's side of an Engine.IO session. After End it does nothing more.
class ServerSession {
public:
    ServerSession(std::string sid, Transport first, SessionOptions const& options, Time now);

    std::string const& sid() const { return sid_; }
    Packet opening() const; ///< The first packet for the client: the answer to the GET that opened the session ...
    ServerActions on_opened_by_websocket(); ///< ... or the first over the WebSocket that opened it.

    ServerActions on_poll(Time now);                       ///< A GET, which waits until AnswerPoll.
    ServerActions on_post(Bytes const& payload, Time now); ///< A POST. It is answered `ok` unless Refuse is returned.
    ServerActions on_websocket(Time now);                  ///< A WebSocket asks to become the probe.
    ServerActions on_frame(Message frame, Time now);       ///< Of the session's WebSocket.
    ServerActions on_probe_frame(Message frame, Time now);
    ServerActions on_websocket_closed(std::string why, http::CloseCode code); ///< The session's WebSocket.
    void on_probe_closed() { probe_ = Probe::none; }

    /// The client is sending, also if no frame is complete yet: it is alive.
    void on_bytes(std::size_t bytes) { bytes_since_ping_ += bytes; }

    /// A packet of Send or SendProbe with so many bytes has been sent.
    void on_sent(std::size_t bytes) { queued_bytes_ -= bytes_in_memory(bytes); }

    /// In this order. `is_alone`: see Packet.
    ServerActions send(std::vector<Message> messages, bool is_alone = false);
    ServerActions close(std::string why, http::CloseCode code);
    ServerActions on_time(Time now); ///< Must be called at `next_time` or later.
    Time next_time() const;

    bool is_over() const { return over_; }
    Transport transport() const { return transport_; }

private:
    enum class Probe { none, open, answered };

    bool refuse_unless_polling(ServerActions& actions) const;
    void handle(Packet packet, Time now, ServerActions& actions);
    void answer_probe(Time now, ServerActions& actions);
    void turn_to_websocket(ServerActions& actions);
    void queue(Packet packet, ServerActions& actions);
    void flush(ServerActions& actions);
    void release_poll(Time now, ServerActions& actions);
    void beat(Time now, ServerActions& actions);
    void end(std::string why, ServerActions& actions, http::CloseCode code = http::CloseCode::protocol_error);
    bool is_lost() const;

    std::string sid_;
    SessionOptions options_;
    Transport transport_;
    Probe probe_ = Probe::none;
    Time probe_until_{};
    Time next_release_{}; ///< Not before that is a poll answered with nothing.
    bool poll_waits_ = false;
    bool over_ = false;
    bool ping_is_out_ = false;
    Time ping_time_; ///< When the next ping is due, or the pong to the last one.
    std::size_t bytes_since_ping_ = 0;
    std::deque<Packet> queue_; ///< While polling: what waits for the next poll.
    std::size_t queued_bytes_ = 0;
};

} // namespace learning_loop::engineio
