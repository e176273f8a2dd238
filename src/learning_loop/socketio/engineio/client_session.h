#pragma once

#include "learning_loop/socketio/engineio/session.h"

#include <deque>

namespace learning_loop::engineio {

/// What a client does about its connection.
struct ClientOptions {
    Transport first = Transport::websocket;    ///< What the session is opened with.
    bool may_upgrade = true;                   ///< From polling to a WebSocket, when the server offers it.
    std::size_t max_queued_bytes = 80u << 20; ///< That wait to be sent; more end the session.
};

/// The server has opened the session: the application may send.
struct Opened {
    friend bool operator==(Opened const&, Opened const&) = default;
};

/// A GET is to be sent; its answer goes to `on_poll_answer`.
struct StartPoll {
    std::chrono::milliseconds after{0}; ///< Wait so long before.
    friend bool operator==(StartPoll const&, StartPoll const&) = default;
};

/// This payload is to be posted; then comes `on_posted`.
struct Post {
    std::string payload;
    friend bool operator==(Post const&, Post const&) = default;
};

/// A WebSocket is to be opened for the session; then comes `on_probe_open` or `on_probe_closed`.
struct OpenProbe {
    friend bool operator==(OpenProbe const&, OpenProbe const&) = default;
};

using ClientAction =
    std::variant<Opened, Deliver, StartPoll, Post, OpenProbe, Send, SendProbe, Promote, DropProbe, End>;
using ClientActions = std::vector<ClientAction>;

/// The client's side of an Engine.IO session. The driver opens it: by a GET, whose answer is the first
/// `on_poll_answer`, or by a WebSocket. A session that is over does nothing more.
class ClientSession {
public:
    ClientSession(ClientOptions const& options, Time now);

    std::string const& sid() const { return opening_.sid; } ///< Empty until Opened.

    ClientActions on_poll_answer(Bytes const& payload, Time now);
    ClientActions on_posted();
    ClientActions on_frame(Message frame, Time now);
    ClientActions on_probe_open();
    ClientActions on_probe_frame(Message frame);
    ClientActions on_probe_closed();

    /// The connection is lost, or a request failed. `code`: for a WebSocket that can still be told.
    ClientActions on_failure(std::string why, http::CloseCode code = http::CloseCode::normal);

    void on_bytes(Time now) { last_sign_ = now; } ///< The server is alive, even if no message is whole.

    /// A packet of Send or SendProbe with so many bytes has gone out.
    void on_sent(std::size_t bytes) { queued_bytes_ -= bytes_in_memory(bytes); }

    ClientActions send(std::vector<Message> messages);          ///< In this order. Only between Opened and End.
    ClientActions close(std::string why, http::CloseCode code); ///< From this side.
    ClientActions on_time(Time now);
    Time next_time() const;

    bool is_over() const { return over_; }

private:
    enum class Probe { none, opening, asked, granted };

    void open(Packet const& packet, ClientActions& actions);
    void take(Packet packet, Time now, ClientActions& actions);
    void queue(Packet packet, ClientActions& actions);
    void flush(ClientActions& actions);
    void turn_when_quiet(ClientActions& actions);
    void end(std::string why, ClientActions& actions, http::CloseCode code = http::CloseCode::normal);

    ClientOptions options_;
    Transport transport_;
    Probe probe_ = Probe::none;
    Opening opening_;
    Time last_sign_;        ///< Of life, from the server.
    int empty_answers_ = 0; ///< To polls, in a row.
    bool polls_ = false;
    bool posts_ = false;
    std::size_t posted_bytes_ = 0;
    bool over_ = false;
    std::deque<Packet> queue_; ///< While polling: what waits for a post.
    std::size_t queued_bytes_ = 0;
};

} // namespace learning_loop::engineio
