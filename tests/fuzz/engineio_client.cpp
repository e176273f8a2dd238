// A client's session that is fed a script, a line for each thing that happens, by whatever server: it keeps what its
// driver relies on, and loses none of its messages.
#include "learning_loop/base/utf8.h"
#include "learning_loop/socketio/engineio/client_session.h"

#include "script.h"
#include "target.h"

#include <deque>

namespace learning_loop::engineio {
namespace {

using fuzz::number_in;
using fuzz::require;
using namespace std::chrono_literals;

constexpr char separator = '\x1e';

/// A session and what its driver would know of it.
class Driven {
public:
    explicit Driven(Transport first)
        : session_({.first = first, .max_queued_bytes = max_queued_bytes}, now_),
          is_websocket_(first == Transport::websocket),
          polls_(!is_websocket_)
    {}

    void happens(std::string_view line)
    {
        auto const what = line.empty() ? '\0' : line.front();
        auto const data = line.substr(line.empty() ? 0 : 1);
        Message const message{what == 'F' || what == 'R', Bytes(std::string(data))};
        switch (what) {
        case 'a':
            if (std::exchange(polls_, false)) follow(session_.on_poll_answer(message.bytes, now_));
            return;
        case 'p':
            if (std::exchange(posts_, false)) follow(session_.on_posted());
            return;
        case 'f':
        case 'F':
            if (is_websocket_) follow(session_.on_frame(message, now_));
            return;
        case 'w':
            if (probe_is_open_) follow(session_.on_probe_open());
            return;
        case 'r':
        case 'R':
            if (probe_is_open_) follow(session_.on_probe_frame(message));
            return;
        case 'c':
            if (std::exchange(probe_is_open_, false)) follow(session_.on_probe_closed());
            return;
        case 's': return send(data);
        case 'o': return goes_out();
        case 't': return time_passes(std::chrono::milliseconds(number_in(data, 100'000)));
        case 'x': return closes();
        case 'd': return follow(session_.on_failure("by the script"));
        default: return;
        }
    }

private:
    static constexpr std::size_t max_queued_bytes = 1000;

    void send(std::string_view data)
    {
        if (!is_open_ || has_ended_) return;
        bool const is_text = is_utf8(data) && data.find(separator) == std::string_view::npos;
        Message const message{!is_text, Bytes(std::string(data))};
        due_.push_back(message);
        follow(session_.send({message}));
    }
    void goes_out()
    {
        if (in_flight_.empty()) return;
        session_.on_sent(in_flight_.front());
        in_flight_.pop_front();
    }
    void time_passes(std::chrono::milliseconds time)
    {
        now_ += time;
        bool const is_due = session_.next_time() <= now_;
        follow(session_.on_time(now_));
        require(!is_due || has_ended_, "a server that fell silent is given up");
        require(session_.next_time() > now_, "what was due is done");
    }
    void closes()
    {
        is_closing_ = true;
        follow(session_.close("by the script", http::CloseCode::normal));
        require(has_ended_, "it ends when it is closed");
    }

    void follow(ClientActions actions)
    {
        for (auto const& action : actions) {
            require(!has_ended_, "nothing after the end");
            std::visit(*this, action);
        }
        require(session_.is_over() == has_ended_, "the end is told");
    }

    void goes(Message const& message)
    {
        require(!due_.empty() && due_.front() == message, "messages go out once, in their order");
        due_.pop_front();
    }

public: // for std::visit
    void operator()(Opened)
    {
        require(!std::exchange(is_open_, true), "it is opened once");
        require(!session_.sid().empty(), "a session has an id");
    }
    void operator()(Deliver const&) const { require(is_open_, "an open packet comes before messages"); }
    void operator()(StartPoll)
    {
        require(!std::exchange(polls_, true), "one poll at a time");
        require(!is_websocket_, "it polls, or has a WebSocket");
    }
    void operator()(Post const& post)
    {
        require(is_open_ && !is_websocket_, "it posts while it polls");
        require(!std::exchange(posts_, true) || is_closing_, "one post at a time");
        for (auto const& one : packets_of_payload(Bytes(post.payload)).value())
            if (one.type == PacketType::message) goes(one.data);
    }
    void operator()(OpenProbe)
    {
        require(!is_websocket_ && !std::exchange(probe_is_open_, true), "one WebSocket tries at a time");
    }
    void operator()(Send const& send)
    {
        require(is_websocket_, "it goes over a WebSocket that is there");
        if (send.packet.type == PacketType::message) goes(send.packet.data);
        in_flight_.push_back(send.packet.data.bytes.size());
    }
    void operator()(SendProbe const& probe)
    {
        require(probe_is_open_, "it goes over a WebSocket that tries");
        in_flight_.push_back(probe.packet.data.bytes.size());
    }
    void operator()(Promote)
    {
        require(std::exchange(probe_is_open_, false), "a WebSocket that tried becomes the session's");
        require(!polls_ && !posts_, "nothing is under way over HTTP when it turns");
        is_websocket_ = true;
    }
    void operator()(DropProbe const&) { require(std::exchange(probe_is_open_, false), "a WebSocket tried"); }
    void operator()(End const& end)
    {
        require(!end.why.empty(), "an end has a reason");
        has_ended_ = true;
        probe_is_open_ = false;
        in_flight_.clear();
    }

private:
    Time now_ = Time() + 1000h;
    ClientSession session_;
    bool is_websocket_;
    bool polls_;
    bool posts_ = false;
    bool probe_is_open_ = false;
    bool is_open_ = false;
    bool is_closing_ = false;
    bool has_ended_ = false;
    std::deque<Message> due_; ///< What the application sent and no action has carried yet.
    std::deque<std::size_t> in_flight_;
};

} // namespace
} // namespace learning_loop::engineio

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace learning_loop;
    auto script = fuzz::text_of(data, size);
    engineio::Driven driven(script.starts_with("W\n") ? engineio::Transport::websocket : engineio::Transport::polling);
    for (std::string_view line; fuzz::take_line(script, line);) driven.happens(line);
    return 0;
}
