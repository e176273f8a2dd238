#pragma once

#include "learning_loop/socketio/session.h"

#include <variant>

namespace learning_loop::socketio {

/// The server has let us into the namespace.
struct Joined {
    std::string id; ///< Of this connection, as the server calls it.
};

/// The server has not let us in.
struct Refused {
    std::string why;
};

using ClientAction = std::variant<Send, Joined, Refused, Event, Answer, End>;
using ClientActions = std::vector<ClientAction>;

/// The client's side of a Socket.IO connection to one namespace. After Refused and End it does nothing more.
class ClientSession {
public:
    ClientSession(PacketLimits const& limits, std::string nsp) : reader_(limits), nsp_(std::move(nsp)) {}

    ClientActions connect(boost::json::value const& auth); ///< Once the session below is open. null: no auth.
    ClientActions on_message(engineio::Message message, Time now);
    void on_bytes(std::size_t bytes) { watch_.on_bytes(bytes); }
    ClientActions on_time(Time now);

    ClientActions emit(std::string_view event, Arguments arguments); ///< Only when it has joined.
    ClientActions acknowledge(std::uint64_t ack_id, Arguments arguments);

    /// An event that wants an ack: the id that its Answer will carry.
    std::pair<std::uint64_t, ClientActions> call(std::string_view event, Arguments arguments);

    bool has_joined() const { return has_joined_ && !over_; } ///< Events go through.

private:
    void take(Packet packet, ClientActions& actions);
    void end(std::string why, ClientActions& actions, http::CloseCode code = http::CloseCode::protocol_error);

    PacketReader reader_;
    AttachmentWatch watch_;
    std::string nsp_;
    std::vector<Event> early_; ///< Some servers send events before they have let us in.
    bool has_joined_ = false;
    bool over_ = false;
    std::uint64_t next_ack_id_ = 0;
};

} // namespace learning_loop::socketio
