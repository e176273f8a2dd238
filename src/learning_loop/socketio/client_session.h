#pragma once

#include "learning_loop/socketio/session.h"

#include <variant>

namespace learning_loop::socketio {

/// The server has connected us to the namespace.
struct Joined {
    std::string id; ///< The server's id of this connection.
};

/// The server refuses to connect us to the namespace.
struct Refused {
    std::string why;
};

using ClientAction = std::variant<Send, Joined, Refused, Event, Answer, End>;
using ClientActions = std::vector<ClientAction>;

/// The client's side of a Socket.IO connection to one namespace. After Refused and End it does nothing more.
class ClientSession {
public:
    ClientSession(PacketLimits const& limits, std::string nsp) : reader_(limits), nsp_(std::move(nsp)) {}

    /// Must be called when the session of Engine.IO is open. `auth` is null if there is nothing to send.
    ClientActions connect(boost::json::value const& auth);
    ClientActions on_message(engineio::Message message, Time now);
    void on_bytes(std::size_t bytes) { watch_.on_bytes(bytes); }
    ClientActions on_time(Time now);

    ClientActions emit(std::string_view event, Arguments arguments); ///< Sends nothing unless it has joined.
    ClientActions acknowledge(std::uint64_t ack_id, Arguments arguments);

    /// Sends an event that wants an ack. Returns the id that its Answer will have. Returns no actions unless it has
    /// joined.
    std::pair<std::uint64_t, ClientActions> call(std::string_view event, Arguments arguments);

    bool has_joined() const { return has_joined_ && !over_; } ///< From then on events go through.

private:
    void handle(Packet packet, ClientActions& actions);
    void join(Packet const& packet, ClientActions& actions);
    void end(std::string why, ClientActions& actions, http::CloseCode code = http::CloseCode::protocol_error);

    PacketReader reader_;
    AttachmentWatch watch_;
    std::string nsp_;
    std::vector<Event> early_; ///< Some servers send events before they have connected us.
    bool has_joined_ = false;
    bool over_ = false;
    std::uint64_t next_ack_id_ = 0;
};

} // namespace learning_loop::socketio
