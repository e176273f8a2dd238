// Packets that are read and written again read the same, with their attachments. A session that is fed a script, a line
// for each thing that happens, keeps what its driver relies on. A message is a line: `+` and bytes, or a text.
#include "learning_loop/socketio/client_session.h"
#include "learning_loop/socketio/server_session.h"

#include "same_json.h"
#include "script.h"
#include "target.h"

#include <map>

namespace learning_loop::socketio {
namespace {

using fuzz::number_in;
using fuzz::require;
using namespace std::chrono_literals;

constexpr PacketLimits limits{.max_text_bytes = 3000, .max_attachments = 8, .max_attachment_bytes = 50};

engineio::Message message_of(std::string_view line)
{
    bool const is_binary = line.starts_with('+');
    return {is_binary, Bytes(std::string(line.substr(is_binary ? 1 : 0)))};
}

std::size_t placeholders_in(boost::json::value const& value)
{
    if (number_of_placeholder(value)) return 1;
    std::size_t count = 0;
    if (auto const* list = value.if_array())
        for (auto const& one : *list) count += placeholders_in(one);
    if (auto const* object = value.if_object())
        for (auto const& member : *object) count += placeholders_in(member.value());
    return count;
}

void require_same(Packet const& a, Packet const& b)
{
    require(a.type == b.type && a.nsp == b.nsp && a.ack_id == b.ack_id, "the head of a packet survives");
    require(fuzz::same_json(a.data, b.data), "the data of a packet survive");
    require(a.attachments == b.attachments, "the attachments of a packet survive");
}

void check_packet(Packet const& packet)
{
    std::size_t bytes = 0;
    for (auto const& one : packet.attachments) bytes += one.size();
    require(packet.attachments.size() <= limits.max_attachments, "attachments are not too many");
    require(bytes <= limits.max_attachment_bytes, "attachments are not too long");
    require(packet.attachments.empty() || placeholders_in(packet.data) == packet.attachments.size(),
            "each attachment has its place");
    PacketReader reader; // a number may take more than it took: 1e300
    auto const messages = messages_of(packet);
    require(messages.size() == 1 + packet.attachments.size(), "a message for the text and for each attachment");
    for (std::size_t i = 0; i < messages.size(); ++i) {
        auto const again = reader.read(messages[i]);
        require(again.has_value(), "what we write can be read");
        require(again->has_value() == (i + 1 == messages.size()), "a packet is whole with its last message");
        if (*again) require_same(packet, **again);
    }
    require(!reader.waits_for_attachments(), "nothing is left over");
}

void check_reader(std::string_view script)
{
    PacketReader reader(limits);
    for (std::string_view line; fuzz::take_line(script, line);) {
        bool const waited = reader.waits_for_attachments();
        auto const packet = reader.read(message_of(line));
        if (!packet) {
            require(!packet.error().message.empty(), "an error tells what is wrong");
            require(!reader.waits_for_attachments(), "what was gathered is let go");
            return;
        }
        require(waited == line.starts_with('+'), "an attachment comes when one is due, and nothing else");
        require(packet->has_value() != reader.waits_for_attachments(), "a packet is whole or waits");
        if (*packet) check_packet(**packet);
    }
}

/// A session and what its driver would know of it. Lines with a `!` are what happens on this side.
class Driven {
public:
    void happens(std::string_view line)
    {
        if (!line.starts_with('!')) return follow(session_.on_message(message_of(line), now_));
        auto const what = line.size() > 1 ? line[1] : '\0';
        auto const data = line.substr(std::min<std::size_t>(line.size(), 2));
        std::string const nsp = data.empty() ? "/" : std::string(data);
        switch (what) {
        case 'a': return answer_join(nsp, true);
        case 'r': return answer_join(nsp, false);
        case 'l': return follow(session_.leave(nsp));
        case 'e': return follow(session_.emit(nsp, "event", Arguments::of(std::string("x"), Bytes(std::string("y")))));
        case 'k': return follow(session_.acknowledge(nsp, 5, Arguments::of(Bytes(std::string("y")))));
        case 'c': return call(nsp);
        case 'b': return session_.on_bytes(number_in(data, 100'000));
        case 't': return time_passes(std::chrono::milliseconds(number_in(data, 60'000)));
        default: return;
        }
    }

private:
    enum class State { joining, joined };

    void answer_join(std::string const& nsp, bool is_admitted)
    {
        auto const member = members_.find(nsp);
        bool const is_due = member != members_.end() && member->second == State::joining && !has_ended_;
        auto actions = is_admitted ? session_.admit(nsp, "id") : session_.refuse(nsp, "no");
        require(actions.empty() != is_due, "who waits to join is told, and nobody else");
        if (is_due && is_admitted) member->second = State::joined;
        follow(std::move(actions));
        if (is_due && !is_admitted) members_.erase(nsp);
    }
    void call(std::string const& nsp)
    {
        auto [id, actions] = session_.call(nsp, "call", {});
        require(actions.empty() || id == calls_++, "each call has an id of its own");
        follow(std::move(actions));
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
    }

    void follow(ServerActions actions)
    {
        for (auto const& action : actions) {
            require(!has_ended_, "nothing after the end");
            std::visit(*this, action);
        }
    }
    void require_member(std::string const& nsp) const
    {
        auto const member = members_.find(nsp);
        require(member != members_.end() && member->second == State::joined, "only who has joined has its say");
    }
    static void check_arguments(Arguments const& arguments)
    {
        require(arguments.attachments.empty() || placeholders_in(arguments.values) == arguments.attachments.size(),
                "each attachment has its place");
    }

public: // for std::visit
    void operator()(Send const& send)
    {
        std::optional<Packet> packet;
        for (auto const& message : send.messages) {
            require(!packet, "a packet is whole with its last message");
            packet = peer_.read(message).value();
        }
        require(packet.has_value(), "what is sent is a packet");
        require(members_.contains(packet->nsp), "it is for who has joined or wants to");
    }
    void operator()(Join const& join)
    {
        require(members_.emplace(join.nsp, State::joining).second, "nobody joins twice");
        require(join.auth.is_null() || join.auth.is_object(), "what it says is an object");
    }
    void operator()(Leave const& leave)
    {
        require_member(leave.nsp);
        members_.erase(leave.nsp);
    }
    void operator()(Event const& event)
    {
        require_member(event.nsp);
        check_arguments(event.arguments);
    }
    void operator()(Answer const& answer)
    {
        require_member(answer.nsp);
        require(answer.ack_id < calls_, "an ack is to a call");
        check_arguments(answer.arguments);
    }
    void operator()(End const& end)
    {
        require(!end.why.empty(), "an end has a reason");
        has_ended_ = true;
    }

private:
    Time now_ = Time() + 1000h;
    ServerSession session_{limits, now_ + 45s};
    PacketReader peer_;
    std::map<std::string, State> members_;
    std::uint64_t calls_ = 0;
    bool has_ended_ = false;
};

/// A client's session, fed the same by whatever server. A `!` makes it call.
void check_client(std::string_view script)
{
    Time const now = Time() + 1000h;
    ClientSession session(limits, "/");
    std::uint64_t calls = 0;
    bool has_joined = false, has_ended = false;
    for (std::string_view line; fuzz::take_line(script, line);) {
        if (line.starts_with('!')) {
            auto const [id, actions] = session.call("call", {});
            require(actions.empty() != (has_joined && !has_ended), "it sends when it has joined, and only then");
            require(actions.empty() || id == calls++, "each call has an id of its own");
            continue;
        }
        for (auto const& action : session.on_message(message_of(line), now)) {
            require(!has_ended, "nothing after the end");
            if (std::holds_alternative<Joined>(action)) require(!std::exchange(has_joined, true), "it is let in once");
            else if (std::holds_alternative<Refused>(action) || std::holds_alternative<End>(action)) has_ended = true;
            else require(has_joined, "only who has joined is told something");
        }
    }
}

void check_session(std::string_view script)
{
    Driven driven;
    for (std::string_view line; fuzz::take_line(script, line);) driven.happens(line);
}

} // namespace
} // namespace learning_loop::socketio

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto const text = learning_loop::fuzz::text_of(data, size);
    learning_loop::socketio::check_reader(text);
    learning_loop::socketio::check_session(text);
    learning_loop::socketio::check_client(text);
    return 0;
}
