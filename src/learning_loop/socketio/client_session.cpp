#include "learning_loop/socketio/client_session.h"

#include "learning_loop/json/json.h"

#include <utility>

namespace learning_loop::socketio {
namespace {

constexpr std::size_t max_early_events = 16;

/// The text of a refusal: of `{"message": <text>}`, or whatever else the server sent.
std::string reason_of(boost::json::value const& data)
{
    auto const* object = data.if_object();
    auto const* message = object ? object->if_contains("message") : nullptr;
    auto const* text = message ? message->if_string() : data.if_string();
    return text ? std::string(text->data(), text->size()) : to_text(data);
}

std::string id_of(boost::json::value const& data)
{
    auto const* object = data.if_object();
    auto const* id = object ? object->if_contains("sid") : nullptr;
    auto const* text = id ? id->if_string() : nullptr;
    return text ? std::string(text->data(), text->size()) : std::string();
}

} // namespace

ClientActions ClientSession::connect(boost::json::value const& auth)
{
    return {Send{messages_of({PacketType::connect, nsp_, {}, auth, {}, 0})}};
}

ClientActions ClientSession::on_message(engineio::Message message, Time now)
{
    ClientActions actions;
    if (over_) return actions;
    auto packet = reader_.read(std::move(message));
    watch_.update(reader_.waits_for_attachments(), now);
    if (!packet) end(packet.error().message, actions);
    else if (*packet) handle(std::move(**packet), actions);
    return actions;
}

ClientActions ClientSession::on_time(Time now)
{
    ClientActions actions;
    if (!over_ && watch_.is_late(now)) end("the attachments of a packet do not come", actions);
    return actions;
}

void ClientSession::handle(Packet packet, ClientActions& actions)
{
    if (packet.nsp != nsp_) return; // we never asked for it
    bool const is_first = packet.type == PacketType::connect || packet.type == PacketType::connect_error;
    bool const is_early = !has_joined_ && packet.type == PacketType::event && early_.size() < max_early_events;
    if (is_early) return early_.push_back(event_of(std::move(packet)));
    if (is_first == has_joined_) return end("the server sends packets out of turn", actions);
    switch (packet.type) {
    case PacketType::connect: return join(packet, actions);
    case PacketType::connect_error:
        over_ = true;
        actions.emplace_back(Refused{reason_of(packet.data)});
        return;
    case PacketType::disconnect: return end("disconnected by the server", actions, http::CloseCode::normal);
    case PacketType::event: actions.emplace_back(event_of(std::move(packet))); return;
    case PacketType::ack: actions.emplace_back(answer_of(std::move(packet))); return;
    }
}

void ClientSession::join(Packet const& packet, ClientActions& actions)
{
    has_joined_ = true;
    actions.emplace_back(Joined{id_of(packet.data)});
    for (auto& event : std::exchange(early_, {})) actions.emplace_back(std::move(event));
}

ClientActions ClientSession::emit(std::string_view event, Arguments arguments)
{
    ClientActions actions;
    if (has_joined()) actions.emplace_back(Send{messages_of(event_packet(nsp_, event, std::move(arguments)))});
    return actions;
}

ClientActions ClientSession::acknowledge(std::uint64_t ack_id, Arguments arguments)
{
    ClientActions actions;
    if (has_joined()) actions.emplace_back(Send{messages_of(ack_packet(nsp_, ack_id, std::move(arguments)))});
    return actions;
}

std::pair<std::uint64_t, ClientActions> ClientSession::call(std::string_view event, Arguments arguments)
{
    ClientActions actions;
    if (!has_joined()) return {0, std::move(actions)};
    auto const id = next_ack_id_++;
    actions.emplace_back(Send{messages_of(event_packet(nsp_, event, std::move(arguments), id))});
    return {id, std::move(actions)};
}

void ClientSession::end(std::string why, ClientActions& actions, http::CloseCode code)
{
    over_ = true;
    reader_ = PacketReader(); // frees what is incomplete at once
    early_.clear();
    actions.emplace_back(End{std::move(why), code});
}

} // namespace learning_loop::socketio
