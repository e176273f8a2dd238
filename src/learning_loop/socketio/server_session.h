#pragma once

#include "learning_loop/socketio/session.h"

#include <map>
#include <utility>
#include <variant>

namespace learning_loop::socketio {

/// The peer wants to connect to a namespace: call `admit` or `refuse`.
struct Join {
    std::string nsp;
    boost::json::value auth; ///< null if the peer sent none.
};

/// The peer has left the namespace.
struct Leave {
    std::string nsp;
};

using ServerAction = std::variant<Send, Join, Leave, Event, Answer, End>;
using ServerActions = std::vector<ServerAction>;

/// The server's side of a Socket.IO connection, which may be connected to several namespaces. After End it does nothing
/// more.
class ServerSession {
public:
    /// The connection ends if the peer has not connected to a namespace by `connect_until`.
    ServerSession(PacketLimits const& limits, Time connect_until) : reader_(limits), connect_until_(connect_until) {}

    ServerActions on_message(engineio::Message message, Time now);
    void on_bytes(std::size_t bytes) { watch_.on_bytes(bytes); } ///< Of any message, also of one that is incomplete.
    ServerActions on_time(Time now);                             ///< Must be called at `next_time` or later.
    Time next_time() const;
    void end(); ///< The session of Engine.IO is over: does nothing more and drops what is incomplete.

    ServerActions admit(std::string const& nsp, std::string const& id);
    ServerActions refuse(std::string const& nsp, std::string_view message);
    ServerActions leave(std::string const& nsp); ///< From this side.
    ServerActions emit(std::string const& nsp, std::string_view event, Arguments arguments);
    ServerActions acknowledge(std::string const& nsp, std::uint64_t ack_id, Arguments arguments);

    /// Sends an event that wants an ack. Returns the id that its Answer will have. Returns no actions if the peer is
    /// not connected to the namespace.
    std::pair<std::uint64_t, ServerActions> call(std::string const& nsp, std::string_view event, Arguments arguments);

private:
    /// `left`: from this side. What the peer sent before it knew is ignored.
    enum class State { joining, joined, left };

    void handle(Packet packet, ServerActions& actions);
    void handle_connect(Packet packet, ServerActions& actions);
    void handle_ack(Packet packet, ServerActions& actions);
    void end(std::string why, ServerActions& actions, http::CloseCode code = http::CloseCode::protocol_error);
    bool is_member(std::string const& nsp) const;
    bool is_joining(std::string const& nsp) const;

    PacketReader reader_;
    AttachmentWatch watch_;
    Time connect_until_;
    bool has_connected_ = false;
    bool over_ = false;
    std::map<std::string, State> members_; ///< By namespace.
    std::uint64_t next_ack_id_ = 0;        ///< For all namespaces: a peer that leaves and joins again gets new ones.
};

} // namespace learning_loop::socketio
