#include "learning_loop/socketio/engineio/server_session.h"

#include <algorithm>
#include <array>
#include <utility>

namespace learning_loop::engineio {
namespace {

// A poll that is answered during an upgrade comes again at once, until the client has noticed the upgrade.
constexpr std::chrono::milliseconds between_releases{100};

// More than this after its time, we are late by our own fault, and the client must not pay for it: a late ping gives it
// the full time to answer, and what it sent meanwhile is read before it is given up.
constexpr std::chrono::milliseconds tolerance{100};

constexpr std::size_t min_bytes_per_second = 500; // as for every body, see http::Deadlines

AnswerPoll answer_with(PacketType type)
{
    std::array const packets{packet(type)};
    return {payload_of(packets)};
}

} // namespace

ServerSession::ServerSession(std::string sid, Transport first, SessionOptions const& options, Time now)
    : sid_(std::move(sid)), options_(options), transport_(first), ping_time_(now + options.ping_interval)
{}

Packet ServerSession::opening() const
{
    Opening opening{sid_, {}, options_.ping_interval.count(), options_.ping_timeout.count(), options_.max_payload};
    if (transport_ == Transport::polling) opening.upgrades.emplace_back("websocket");
    return packet_of(opening);
}

ServerActions ServerSession::on_opened_by_websocket()
{
    ServerActions actions;
    queue(opening(), actions);
    return actions;
}

ServerActions ServerSession::on_poll(Time now)
{
    bool const is_second = poll_waits_; // even if what is due now answers the first one: this one came too early
    auto actions = on_time(now);
    if (refuse_unless_polling(actions)) return actions;
    if (is_second) {
        actions.emplace_back(Refuse{"another poll of this session waits already"});
        end("two polls at once", actions);
        return actions;
    }
    poll_waits_ = true;
    flush(actions);
    if (probe_ == Probe::answered) release_poll(now, actions);
    return actions;
}

ServerActions ServerSession::on_post(Bytes const& payload, Time now)
{
    auto actions = on_time(now);
    if (refuse_unless_polling(actions)) return actions;
    auto packets = packets_of_payload(payload);
    if (!packets) {
        actions.emplace_back(Refuse{packets.error().message});
        end(packets.error().message, actions);
        return actions;
    }
    for (auto& one : *packets) {
        if (!over_) handle(std::move(one), now, actions);
    }
    return actions;
}

bool ServerSession::refuse_unless_polling(ServerActions& actions) const
{
    if (!over_ && transport_ == Transport::polling) return false;
    actions.emplace_back(Refuse{over_ ? "the session is over" : "the session goes over a WebSocket"});
    return true;
}

ServerActions ServerSession::on_websocket(Time now)
{
    auto actions = on_time(now);
    if (over_ || transport_ != Transport::polling || probe_ != Probe::none) {
        actions.emplace_back(Refuse{over_ ? "the session is over" : "the session has a WebSocket already"});
        return actions;
    }
    probe_ = Probe::open;
    probe_until_ = now + options_.upgrade_timeout;
    return actions;
}

ServerActions ServerSession::on_frame(Message frame, Time now)
{
    ServerActions actions;
    if (over_) return actions;
    auto read = packet_of_frame(std::move(frame));
    if (read) handle(std::move(*read), now, actions);
    else end(read.error().message, actions);
    return actions;
}

ServerActions ServerSession::on_probe_frame(Message frame, Time now)
{
    ServerActions actions;
    if (over_ || probe_ == Probe::none) return actions;
    auto const read = packet_of_frame(std::move(frame));
    if (read && probe_ == Probe::open && read->type == PacketType::ping && read->data.bytes.view() == probe_text) {
        answer_probe(now, actions);
    } else if (read && probe_ == Probe::answered && read->type == PacketType::upgrade) {
        turn_to_websocket(actions);
    } else {
        probe_ = Probe::none;
        actions.emplace_back(DropProbe{"this is no upgrade of Engine.IO"});
    }
    return actions;
}

void ServerSession::answer_probe(Time now, ServerActions& actions)
{
    probe_ = Probe::answered;
    queued_bytes_ += bytes_in_memory(probe_text.size());
    actions.emplace_back(SendProbe{packet(PacketType::pong, std::string(probe_text))});
    next_release_ = now;
    release_poll(now, actions); // the client upgrades when no poll of it is under way any more
}

void ServerSession::turn_to_websocket(ServerActions& actions)
{
    probe_ = Probe::none;
    transport_ = Transport::websocket;
    if (std::exchange(poll_waits_, false)) actions.emplace_back(answer_with(PacketType::noop));
    actions.emplace_back(Promote{});
    for (auto& one : std::exchange(queue_, {})) actions.emplace_back(Send{std::move(one)});
}

ServerActions ServerSession::on_websocket_closed(std::string why, http::CloseCode code)
{
    ServerActions actions;
    end(std::move(why), actions, code);
    return actions;
}

ServerActions ServerSession::send(std::vector<Message> messages, bool is_alone)
{
    ServerActions actions;
    for (auto& message : messages) {
        if (!over_) queue({PacketType::message, std::move(message), is_alone}, actions);
    }
    if (!over_) flush(actions);
    return actions;
}

ServerActions ServerSession::close(std::string why, http::CloseCode code)
{
    ServerActions actions;
    if (over_) return actions;
    if (transport_ == Transport::websocket) actions.emplace_back(Send{packet(PacketType::close)});
    end(std::move(why), actions, code);
    return actions;
}

ServerActions ServerSession::on_time(Time now)
{
    ServerActions actions;
    if (over_) return actions;
    if (probe_ != Probe::none && now >= probe_until_) {
        probe_ = Probe::none;
        actions.emplace_back(DropProbe{"it took too long to upgrade"});
    }
    if (probe_ == Probe::answered) release_poll(now, actions);
    if (now >= ping_time_) beat(now, actions);
    return actions;
}

/// Sends the ping that is due, or ends the session if the pong to the last one has not come.
void ServerSession::beat(Time now, ServerActions& actions)
{
    bool const is_late = now - ping_time_ >= tolerance;
    if (ping_is_out_ && is_lost()) {
        if (is_late) ping_time_ = now + tolerance;
        else end("ping timeout", actions, http::CloseCode::normal);
        return;
    }
    if (!ping_is_out_) {
        queue(packet(PacketType::ping), actions);
        if (!over_) flush(actions);
    }
    // Counted from when the ping was due, so that a client can rely on it, unless we are late ourselves.
    ping_time_ = (is_late ? now : ping_time_) + options_.ping_timeout;
    ping_is_out_ = true;
    bytes_since_ping_ = 0;
}

Time ServerSession::next_time() const
{
    if (over_) return Time::max();
    auto time = ping_time_;
    if (probe_ != Probe::none) time = std::min(time, probe_until_);
    if (probe_ == Probe::answered && poll_waits_) time = std::min(time, next_release_);
    return time;
}

/// For a client whose pong is missing. While it sends a long message it cannot send one.
bool ServerSession::is_lost() const
{
    auto const min_bytes = static_cast<std::size_t>(options_.ping_timeout.count()) * min_bytes_per_second / 1000;
    return bytes_since_ping_ < std::max<std::size_t>(min_bytes, 1);
}

void ServerSession::handle(Packet packet, Time now, ServerActions& actions)
{
    switch (packet.type) {
    case PacketType::message: actions.emplace_back(Deliver{std::move(packet.data)}); return;
    case PacketType::pong:
        if (std::exchange(ping_is_out_, false)) ping_time_ = now + options_.ping_interval;
        return;
    case PacketType::noop: return;
    case PacketType::close:
        if (std::exchange(poll_waits_, false)) actions.emplace_back(answer_with(PacketType::noop));
        end("closed by the client", actions, http::CloseCode::normal);
        return;
    case PacketType::open:
    case PacketType::ping:
    case PacketType::upgrade: end("a client sends no such packet", actions); return;
    }
}

void ServerSession::queue(Packet packet, ServerActions& actions)
{
    queued_bytes_ += bytes_in_memory(packet.data.bytes.size());
    if (queued_bytes_ > options_.max_queued_bytes) {
        end("the client takes too little of what it is sent", actions, http::CloseCode::policy_violation);
        return;
    }
    if (transport_ == Transport::websocket) actions.emplace_back(Send{std::move(packet)});
    else queue_.push_back(std::move(packet));
}

/// Answers the waiting poll with what is queued, if there is a poll and anything to send.
void ServerSession::flush(ServerActions& actions)
{
    if (!poll_waits_ || queue_.empty()) return;
    auto taken = take_payload(queue_, options_.max_payload);
    queued_bytes_ -= taken.memory_bytes;
    poll_waits_ = false;
    actions.emplace_back(AnswerPoll{std::move(taken.payload)});
}

/// Answers the waiting poll although there is nothing to send, but not too often.
void ServerSession::release_poll(Time now, ServerActions& actions)
{
    if (!poll_waits_ || now < next_release_) return;
    next_release_ = now + between_releases;
    poll_waits_ = false;
    actions.emplace_back(answer_with(PacketType::noop));
}

void ServerSession::end(std::string why, ServerActions& actions, http::CloseCode code)
{
    if (std::exchange(over_, true)) return;
    if (std::exchange(poll_waits_, false)) actions.emplace_back(answer_with(PacketType::close));
    queue_.clear();
    actions.emplace_back(End{std::move(why), code});
}

} // namespace learning_loop::engineio
