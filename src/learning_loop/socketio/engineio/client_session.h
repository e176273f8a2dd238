#pragma once

#include "learning_loop/socketio/engineio/session.h"

#include <deque>

namespace learning_loop::engineio {

struct ClientSessionOptions {
    Transport first = Transport::websocket;   ///< What opens the session.
    bool may_upgrade = true;                  ///< From polling to a WebSocket, if the server offers it.
    std::size_t max_queued_bytes = 80u << 20; ///< Bytes that wait to be sent. More of them end the session.
};

/// The server has opened the session: tell the application that it may send.
struct Opened {
    friend bool operator==(Opened const&, Opened const&) = default;
};

/// Send a GET, and call `on_poll_answer` with its answer.
struct StartPoll {
    std::chrono::milliseconds after{0}; ///< How long to wait before.
    friend bool operator==(StartPoll const&, StartPoll const&) = default;
};

/// Post this payload, and then call `on_posted`.
struct Post {
    std::string payload;
    friend bool operator==(Post const&, Post const&) = default;
};

/// Open a WebSocket as the probe, and then call `on_probe_open` or `on_probe_closed`.
struct OpenProbe {
    friend bool operator==(OpenProbe const&, OpenProbe const&) = default;
};

using ClientAction =
    std::variant<Opened, Deliver, StartPoll, Post, OpenProbe, Send, SendProbe, Promote, DropProbe, End>;
using ClientActions = std::vector<ClientAction>;

/// The client's side of an Engine.IO session. The caller opens it: with a GET, whose answer is the first that it gives
/// to `on_poll_answer`, or with a WebSocket. After End it does nothing more.
class ClientSession {
public:
    ClientSession(ClientSessionOptions const& options, Time now);

    std::string const& sid() const { return opening_.sid; } ///< Empty until Opened.

    ClientActions on_poll_answer(Bytes const& payload, Time now);
    ClientActions on_posted();
    ClientActions on_frame(Message frame, Time now);
    ClientActions on_probe_open();
    ClientActions on_probe_frame(Message frame);
    ClientActions on_probe_closed();

    /// The connection is lost, or a request failed. `code` is for a WebSocket that can still be closed properly.
    ClientActions on_failure(std::string why, http::CloseCode code = http::CloseCode::normal);

    void on_bytes(Time now) { last_sign_ = now; } ///< The server is alive, also if no message is complete yet.

    /// A packet of Send or SendProbe with so many bytes has been sent.
    void on_sent(std::size_t bytes) { queued_bytes_ -= bytes_in_memory(bytes); }

    ClientActions send(std::vector<Message> messages); ///< In this order. Sends nothing before Opened.
    ClientActions close(std::string why, http::CloseCode code);
    ClientActions on_time(Time now);
    Time next_time() const;

    bool is_over() const { return over_; }

private:
    enum class Probe { none, opening, asked, granted };

    void open(Packet const& packet, ClientActions& actions);
    void handle(Packet packet, Time now, ClientActions& actions);
    void queue(Packet packet, ClientActions& actions);
    void flush(ClientActions& actions);
    void turn_when_quiet(ClientActions& actions);
    void poll_again(ClientActions& actions);
    void end(std::string why, ClientActions& actions, http::CloseCode code = http::CloseCode::normal);

    ClientSessionOptions options_;
    Transport transport_;
    Probe probe_ = Probe::none;
    Opening opening_;
    Time last_sign_;        ///< When the server last sent something.
    int empty_answers_ = 0; ///< To polls, in a row.
    bool polls_ = false;    ///< A GET is under way.
    bool posts_ = false;    ///< A POST is under way.
    std::size_t posted_bytes_ = 0;
    bool over_ = false;
    std::deque<Packet> queue_; ///< While polling: what waits for the next POST.
    std::size_t queued_bytes_ = 0;
};

} // namespace learning_loop::engineio
