// What is read and written again reads the same: payloads, frames, the open packet. A session that is fed a script, a
// line for each thing that happens, keeps what its driver relies on, and loses none of its messages.
#include "learning_loop/base/utf8.h"
#include "learning_loop/socketio/engineio/server_session.h"

#include "script.h"
#include "target.h"

#include <deque>
#include <optional>

namespace learning_loop::engineio {
namespace {

using fuzz::number_in;
using fuzz::require;
using namespace std::chrono_literals;

constexpr char separator = '\x1e';

void check_payload(std::string_view text)
{
    constexpr std::size_t max_packets = 100;
    auto const packets = packets_of_payload(Bytes(std::string(text)), max_packets);
    if (!packets) {
        require(!packets.error().message.empty(), "an error tells what is wrong");
        return;
    }
    require(!packets->empty() && packets->size() <= max_packets, "a payload has packets, and not too many");
    auto const again = payload_of(*packets);
    require(packets_of_payload(Bytes(again), max_packets).value() == *packets, "packets survive being written");
    auto bytes = packets->size() - 1;
    for (auto const& one : *packets) bytes += bytes_in_payload(one);
    require(bytes == again.size(), "it is known how long a payload will be");
}

void check_frame(std::string_view text)
{
    auto const binary = packet_of_frame({true, Bytes(std::string(text))});
    require(binary.value().data.bytes.view() == text, "a binary frame is a message");
    auto const packet = packet_of_frame({false, Bytes(std::string(text))});
    if (!packet) return;
    require(static_cast<char>(packet->type) + std::string(packet->data.bytes.view()) == text, "a frame is a packet");
    auto const opening = opening_of(*packet);
    if (opening)
        require(packet_of(opening_of(packet_of(*opening)).value()) == packet_of(*opening),
                "an open packet survives being written");
}

/// A session and what its driver would know of it.
class Driven {
public:
    explicit Driven(Transport first)
        : session_("sid", first, options(), now_), is_websocket_(first == Transport::websocket)
    {
        if (is_websocket_) follow(session_.on_opened_by_websocket());
    }

    void happens(std::string_view line)
    {
        auto const what = line.empty() ? '\0' : line.front();
        auto const data = line.substr(line.empty() ? 0 : 1);
        switch (what) {
        case 'g': return poll();
        case 'p': return post(data);
        case 'f': return frame({false, Bytes(std::string(data))});
        case 'F': return frame({true, Bytes(std::string(data))});
        case 'w': return websocket();
        case 'r': return probe_frame({false, Bytes(std::string(data))});
        case 'R': return probe_frame({true, Bytes(std::string(data))});
        case 'c': return probe_closes();
        case 's': return send(data);
        case 'o': return goes_out(number_in(data, 10) + 1);
        case 'b': session_.on_bytes(number_in(data, 1000)); return is_alive();
        case 't': return time_passes(std::chrono::milliseconds(number_in(data, 5000)));
        case 'T': return time_jumps(std::chrono::milliseconds(number_in(data, 5000)));
        case 'j': now_ += std::chrono::milliseconds(number_in(data, 5000)); return is_alive(); // a request comes first
        case 'x': return follow(session_.close("by the script", http::CloseCode::normal));
        case 'd':
            if (is_websocket_) follow(session_.on_websocket_closed("by the script", http::CloseCode::normal));
            return;
        default: return;
        }
    }

private:
    static SessionOptions options()
    {
        return {.ping_interval = 1000ms,
                .ping_timeout = 500ms,
                .upgrade_timeout = 300ms,
                .max_payload = 64,
                .max_queued_bytes = 2000};
    }

    void poll()
    {
        auto actions = session_.on_poll(now_);
        if (!has_refusal(actions)) {
            require(!poll_waits_, "one poll waits at a time");
            poll_waits_ = true;
        }
        follow(std::move(actions));
    }
    void post(std::string_view data)
    {
        is_alive();
        takes_in_ = true;
        follow(session_.on_post(Bytes(std::string(data)), now_));
        takes_in_ = false;
    }
    void frame(Message message)
    {
        if (!is_websocket_) return;
        is_alive();
        takes_in_ = true;
        follow(session_.on_frame(std::move(message), now_));
        takes_in_ = false;
    }
    void websocket()
    {
        auto actions = session_.on_websocket(now_);
        bool const is_refused = has_refusal(actions);
        follow(std::move(actions));
        require(is_refused || !probe_is_open_, "one WebSocket tries at a time");
        if (!is_refused) probe_is_open_ = true;
    }
    void probe_frame(Message message)
    {
        auto actions = session_.on_probe_frame(std::move(message), now_);
        require(probe_is_open_ || actions.empty(), "a WebSocket that was dropped does nothing");
        follow(std::move(actions));
    }
    void probe_closes()
    {
        if (std::exchange(probe_is_open_, false)) session_.on_probe_closed();
    }
    void send(std::string_view data)
    {
        bool const is_text = is_utf8(data) && data.find(separator) == std::string_view::npos;
        Message message{!is_text, Bytes(std::string(data))};
        if (!has_ended_) {
            due_.push_back(message);
            due_bytes_ += data.size();
        }
        follow(session_.send({message}));
        require(has_ended_ || due_bytes_ <= options().max_queued_bytes, "what waits is bounded");
    }
    void goes_out(std::size_t packets)
    {
        for (; packets > 0 && !in_flight_.empty(); --packets) {
            auto const packet = std::move(in_flight_.front());
            in_flight_.pop_front();
            session_.on_sent(packet.data.bytes.size());
            if (packet.type == PacketType::message) due_bytes_ -= packet.data.bytes.size();
        }
    }
    void time_passes(std::chrono::milliseconds time)
    {
        auto const until = now_ + time;
        while (session_.next_time() <= until) {
            now_ = std::max(now_, session_.next_time());
            follow(session_.on_time(now_));
            require(session_.next_time() > now_, "what was due is done");
        }
        now_ = until;
        auto const& is = options();
        require(has_ended_ || now_ - alive_at_ <= is.ping_interval + 2 * is.ping_timeout + 200ms,
                "who is silent is given up");
    }
    void time_jumps(std::chrono::milliseconds time)
    {
        now_ += time;
        follow(session_.on_time(now_));
        is_alive(); // as far as a session can tell that was not asked in time
    }
    void is_alive() { alive_at_ = now_; }

    static bool has_refusal(ServerActions const& actions)
    {
        return std::any_of(actions.begin(), actions.end(),
                           [](auto const& one) { return std::holds_alternative<Refuse>(one); });
    }

    void follow(ServerActions actions)
    {
        for (auto& action : actions) {
            require(!has_ended_ || std::holds_alternative<Refuse>(action), "nothing but refusals after the end");
            std::visit(*this, std::move(action));
        }
        require(session_.is_over() == has_ended_, "the end is told");
        require(!has_ended_ || !poll_waits_, "no poll waits after the end");
        require((session_.transport() == Transport::websocket) == is_websocket_, "a turn is told");
    }

    /// The application's next message goes out.
    void goes(Message const& message)
    {
        require(!due_.empty() && due_.front() == message, "messages go out once, in their order");
        due_.pop_front();
    }

public: // for std::visit
    void operator()(Deliver const&) const { require(takes_in_, "a message came"); }
    void operator()(AnswerPoll const& answer)
    {
        require(std::exchange(poll_waits_, false), "an answer is for a poll that waits");
        constexpr std::size_t max_packets = 16;
        auto const packets = packets_of_payload(Bytes(answer.payload), max_packets).value();
        require(packets.size() == 1 || answer.payload.size() <= options().max_payload, "an answer is not too long");
        for (auto const& one : packets) {
            if (one.type != PacketType::message) continue;
            goes(one.data);
            due_bytes_ -= one.data.bytes.size();
        }
    }
    void operator()(Refuse const& refuse) const { require(!refuse.why.empty(), "a refusal has a reason"); }
    void operator()(Send&& send)
    {
        require(is_websocket_, "it goes over a WebSocket that is there");
        if (send.packet.type == PacketType::message) goes(send.packet.data);
        in_flight_.push_back(std::move(send.packet));
    }
    void operator()(SendProbe&& probe)
    {
        require(probe_is_open_, "it goes over a WebSocket that tries");
        in_flight_.push_back(std::move(probe.packet));
    }
    void operator()(Promote)
    {
        require(std::exchange(probe_is_open_, false) && !is_websocket_, "a WebSocket that tries becomes the session's");
        is_websocket_ = true;
        require(!poll_waits_, "no poll waits after the turn");
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
    ServerSession session_;
    bool is_websocket_;
    bool poll_waits_ = false;
    bool probe_is_open_ = false;
    bool has_ended_ = false;
    bool takes_in_ = false;
    std::deque<Message> due_; ///< What the application sent and no action has carried yet.
    std::size_t due_bytes_ = 0;
    std::deque<Packet> in_flight_;
    Time alive_at_ = now_;
};

void check_session(std::string_view script)
{
    bool const is_websocket = script.starts_with("W\n");
    Driven driven(is_websocket ? Transport::websocket : Transport::polling);
    for (std::string_view line; fuzz::take_line(script, line);) driven.happens(line);
}

} // namespace
} // namespace learning_loop::engineio

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto const text = learning_loop::fuzz::text_of(data, size);
    learning_loop::engineio::check_payload(text);
    learning_loop::engineio::check_frame(text);
    learning_loop::engineio::check_session(text);
    return 0;
}
