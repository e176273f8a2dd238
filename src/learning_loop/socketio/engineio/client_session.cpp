#include "learning_loop/socketio/engineio/client_session.h"

#include <algorithm>
#include <array>
#include <utility>

namespace learning_loop::engineio {
namespace {

constexpr std::size_t default_max_payload = 1'000'000; // of servers that do not tell

// A server that answers one poll after another with nothing is not asked faster than this.
constexpr int max_empty_answers = 3;
constexpr std::chrono::seconds between_vain_polls{1};

bool is_sound(Opening const& opening)
{
    constexpr std::int64_t max_ms = 24 * 3600 * 1000;
    return !opening.sid.empty() && opening.pingInterval > 0 && opening.pingTimeout > 0 &&
           std::max(opening.pingInterval, opening.pingTimeout) <= max_ms;
}

bool offers_websocket(Opening const& opening)
{
    return std::find(opening.upgrades.begin(), opening.upgrades.end(), "websocket") != opening.upgrades.end();
}

} // namespace

ClientSession::ClientSession(ClientSessionOptions const& options, Time now)
    : options_(options), transport_(options.first), last_sign_(now), polls_(options.first == Transport::polling)
{}

ClientActions ClientSession::on_poll_answer(Bytes const& payload, Time now)
{
    ClientActions actions;
    polls_ = false;
    if (over_) return actions;
    last_sign_ = now;
    auto packets = packets_of_payload(payload);
    if (!packets) {
        end(packets.error().message, actions);
        return actions;
    }
    bool const is_empty =
        std::all_of(packets->begin(), packets->end(), [](auto const& one) { return one.type == PacketType::noop; });
    empty_answers_ = is_empty ? empty_answers_ + 1 : 0;
    for (auto& one : *packets) {
        if (!over_) handle(std::move(one), now, actions);
    }
    turn_when_quiet(actions);
    poll_again(actions);
    return actions;
}

void ClientSession::poll_again(ClientActions& actions)
{
    if (over_ || probe_ == Probe::granted || transport_ != Transport::polling) return;
    polls_ = true;
    bool const is_vain = empty_answers_ > max_empty_answers;
    actions.emplace_back(StartPoll{is_vain ? between_vain_polls : std::chrono::seconds(0)});
}

ClientActions ClientSession::on_posted()
{
    ClientActions actions;
    posts_ = false;
    queued_bytes_ -= std::exchange(posted_bytes_, 0);
    if (over_) return actions;
    turn_when_quiet(actions);
    flush(actions);
    return actions;
}

ClientActions ClientSession::on_frame(Message frame, Time now)
{
    ClientActions actions;
    if (over_) return actions;
    last_sign_ = now;
    auto read = packet_of_frame(std::move(frame));
    if (read) handle(std::move(*read), now, actions);
    else end(read.error().message, actions, http::CloseCode::protocol_error);
    return actions;
}

ClientActions ClientSession::on_probe_open()
{
    ClientActions actions;
    if (over_ || probe_ != Probe::opening) return actions;
    probe_ = Probe::asked;
    queued_bytes_ += bytes_in_memory(probe_text.size());
    actions.emplace_back(SendProbe{packet(PacketType::ping, std::string(probe_text))});
    return actions;
}

ClientActions ClientSession::on_probe_frame(Message frame)
{
    ClientActions actions;
    if (over_ || probe_ != Probe::asked) return actions;
    auto const read = packet_of_frame(std::move(frame));
    if (read && read->type == PacketType::pong && read->data.bytes.view() == probe_text) {
        probe_ = Probe::granted;
        turn_when_quiet(actions);
    } else {
        probe_ = Probe::none;
        actions.emplace_back(DropProbe{"the server does not grant the upgrade"});
    }
    return actions;
}

ClientActions ClientSession::on_probe_closed()
{
    ClientActions actions;
    if (over_ || probe_ == Probe::none) return actions;
    bool const was_granted = std::exchange(probe_, Probe::none) == Probe::granted;
    if (was_granted && !std::exchange(polls_, true)) actions.emplace_back(StartPoll{});
    flush(actions);
    return actions;
}

ClientActions ClientSession::on_failure(std::string why, http::CloseCode code)
{
    ClientActions actions;
    end(std::move(why), actions, code);
    return actions;
}

ClientActions ClientSession::send(std::vector<Message> messages)
{
    ClientActions actions;
    if (opening_.sid.empty()) return actions;
    for (auto& message : messages) {
        if (!over_) queue({PacketType::message, std::move(message)}, actions);
    }
    flush(actions);
    return actions;
}

ClientActions ClientSession::close(std::string why, http::CloseCode code)
{
    ClientActions actions;
    bool const is_open = !over_ && !opening_.sid.empty();
    if (is_open && transport_ == Transport::websocket) actions.emplace_back(Send{packet(PacketType::close)});
    else if (is_open) actions.emplace_back(Post{payload_of(std::array{packet(PacketType::close)})});
    end(std::move(why), actions, code);
    return actions;
}

ClientActions ClientSession::on_time(Time now)
{
    ClientActions actions;
    if (!over_ && now >= next_time()) end("the server has fallen silent", actions);
    return actions;
}

Time ClientSession::next_time() const
{
    if (over_ || opening_.sid.empty()) return Time::max(); // the caller limits the time to open
    return last_sign_ + std::chrono::milliseconds(opening_.pingInterval + opening_.pingTimeout);
}

void ClientSession::open(Packet const& packet, ClientActions& actions)
{
    auto opening = opening_of(packet);
    if (!opening) return end(opening.error().message, actions, http::CloseCode::protocol_error);
    if (!is_sound(*opening))
        return end("the open packet has no sid, or no sound pingInterval and pingTimeout", actions,
                   http::CloseCode::protocol_error);
    opening_ = std::move(*opening);
    actions.emplace_back(Opened{});
    if (transport_ == Transport::websocket || !options_.may_upgrade || !offers_websocket(opening_)) return;
    probe_ = Probe::opening;
    actions.emplace_back(OpenProbe{});
}

void ClientSession::handle(Packet packet, Time now, ClientActions& actions)
{
    if (opening_.sid.empty()) return open(packet, actions);
    last_sign_ = now;
    switch (packet.type) {
    case PacketType::message: actions.emplace_back(Deliver{std::move(packet.data)}); return;
    case PacketType::ping:
        queue({PacketType::pong, std::move(packet.data)}, actions);
        flush(actions);
        return;
    case PacketType::noop: return;
    case PacketType::close: return end("closed by the server", actions);
    case PacketType::open:
    case PacketType::pong:
    case PacketType::upgrade: return end("a server sends no such packet", actions, http::CloseCode::protocol_error);
    }
}

void ClientSession::queue(Packet packet, ClientActions& actions)
{
    queued_bytes_ += bytes_in_memory(packet.data.bytes.size());
    if (queued_bytes_ > options_.max_queued_bytes)
        return end("the server takes too little of what it is sent", actions);
    if (transport_ == Transport::websocket) actions.emplace_back(Send{std::move(packet)});
    else queue_.push_back(std::move(packet));
}

/// Posts what is queued, unless a post is under way or the session is about to turn to its WebSocket.
void ClientSession::flush(ClientActions& actions)
{
    if (over_ || posts_ || queue_.empty() || probe_ == Probe::granted || transport_ != Transport::polling) return;
    auto taken = take_payload(queue_, opening_.maxPayload.value_or(default_max_payload));
    posted_bytes_ += taken.memory_bytes;
    posts_ = true;
    actions.emplace_back(Post{std::move(taken.payload)});
}

/// Turns to the WebSocket if the server has granted it and no GET or POST is under way: so nothing is overtaken.
void ClientSession::turn_when_quiet(ClientActions& actions)
{
    if (over_ || probe_ != Probe::granted || polls_ || posts_) return;
    probe_ = Probe::none;
    transport_ = Transport::websocket;
    queued_bytes_ += bytes_in_memory(0);
    actions.emplace_back(SendProbe{packet(PacketType::upgrade)});
    actions.emplace_back(Promote{});
    for (auto& one : std::exchange(queue_, {})) actions.emplace_back(Send{std::move(one)});
}

void ClientSession::end(std::string why, ClientActions& actions, http::CloseCode code)
{
    if (std::exchange(over_, true)) return;
    queue_.clear();
    actions.emplace_back(End{std::move(why), code});
}

} // namespace learning_loop::engineio
