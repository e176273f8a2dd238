#include "learning_loop/socketio/server_session.h"

#include <algorithm>

namespace learning_loop::socketio {

ServerActions ServerSession::on_message(engineio::Message message, Time now)
{
    ServerActions actions;
    if (over_) return actions;
    auto packet = reader_.read(std::move(message));
    watch_.update(reader_.waits_for_attachments(), now);
    if (!packet)
        end(packet.error().message, actions,
            packet.error().code == Errc::too_large ? http::CloseCode::too_big : http::CloseCode::protocol_error);
    else if (*packet) handle(std::move(**packet), actions);
    return actions;
}

ServerActions ServerSession::on_time(Time now)
{
    ServerActions actions;
    if (over_) return actions;
    if (!has_connected_ && now >= connect_until_) end("no CONNECT came in time", actions);
    else if (watch_.is_late(now)) end("the attachments of a packet do not come", actions);
    return actions;
}

Time ServerSession::next_time() const
{
    if (over_) return Time::max();
    return has_connected_ ? watch_.next_time() : std::min(connect_until_, watch_.next_time());
}

void ServerSession::end()
{
    over_ = true;
    reader_ = PacketReader();
}

void ServerSession::handle(Packet packet, ServerActions& actions)
{
    if (packet.type == PacketType::connect) return handle_connect(std::move(packet), actions);
    auto const member = members_.find(packet.nsp);
    if (member == members_.end() || member->second == State::joining)
        return end("a packet to a namespace that is not connected", actions);
    if (member->second == State::left) return;
    switch (packet.type) {
    case PacketType::disconnect:
        members_.erase(member);
        actions.emplace_back(Leave{std::move(packet.nsp)});
        return;
    case PacketType::event: actions.emplace_back(event_of(std::move(packet))); return;
    case PacketType::ack: return handle_ack(std::move(packet), actions);
    case PacketType::connect:
    case PacketType::connect_error: return end("a client sends no such packet", actions);
    }
}

void ServerSession::handle_connect(Packet packet, ServerActions& actions)
{
    auto const member = members_.find(packet.nsp);
    if (member != members_.end() && member->second != State::left)
        return end("a CONNECT to a namespace that is connected", actions);
    members_.insert_or_assign(packet.nsp, State::joining);
    actions.emplace_back(Join{std::move(packet.nsp), std::move(packet.data)});
}

void ServerSession::handle_ack(Packet packet, ServerActions& actions)
{
    if (*packet.ack_id >= next_ack_id_) return end("an ack to nothing that was sent", actions);
    actions.emplace_back(answer_of(std::move(packet)));
}

ServerActions ServerSession::admit(std::string const& nsp, std::string const& id)
{
    ServerActions actions;
    if (!is_joining(nsp)) return actions;
    has_connected_ = true; // not before: a peer that every namespace refuses must not stay
    members_.at(nsp) = State::joined;
    actions.emplace_back(Send{messages_of({PacketType::connect, nsp, {}, {{"sid", id}}, {}, 0}), true});
    return actions;
}

ServerActions ServerSession::refuse(std::string const& nsp, std::string_view message)
{
    ServerActions actions;
    if (!is_joining(nsp)) return actions;
    members_.erase(nsp);
    actions.emplace_back(Send{messages_of({PacketType::connect_error, nsp, {}, {{"message", message}}, {}, 0})});
    return actions;
}

ServerActions ServerSession::leave(std::string const& nsp)
{
    ServerActions actions;
    if (!is_member(nsp)) return actions;
    members_.at(nsp) = State::left;
    actions.emplace_back(Send{messages_of({PacketType::disconnect, nsp, {}, {}, {}, 0})});
    actions.emplace_back(Leave{nsp});
    return actions;
}

ServerActions ServerSession::emit(std::string const& nsp, std::string_view event, Arguments arguments)
{
    ServerActions actions;
    if (is_member(nsp)) actions.emplace_back(Send{messages_of(event_packet(nsp, event, std::move(arguments)))});
    return actions;
}

ServerActions ServerSession::acknowledge(std::string const& nsp, std::uint64_t ack_id, Arguments arguments)
{
    ServerActions actions;
    if (is_member(nsp)) actions.emplace_back(Send{messages_of(ack_packet(nsp, ack_id, std::move(arguments)))});
    return actions;
}

std::pair<std::uint64_t, ServerActions> ServerSession::call(std::string const& nsp, std::string_view event,
                                                            Arguments arguments)
{
    ServerActions actions;
    if (!is_member(nsp)) return {0, std::move(actions)};
    auto const id = next_ack_id_++;
    actions.emplace_back(Send{messages_of(event_packet(nsp, event, std::move(arguments), id))});
    return {id, std::move(actions)};
}

void ServerSession::end(std::string why, ServerActions& actions, http::CloseCode code)
{
    end();
    actions.emplace_back(End{std::move(why), code});
}

bool ServerSession::is_member(std::string const& nsp) const
{
    auto const member = members_.find(nsp);
    return !over_ && member != members_.end() && member->second == State::joined;
}

bool ServerSession::is_joining(std::string const& nsp) const
{
    auto const member = members_.find(nsp);
    return !over_ && member != members_.end() && member->second == State::joining;
}

} // namespace learning_loop::socketio
