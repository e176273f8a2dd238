#pragma once

#include "learning_loop/socketio/engineio/server.h"
#include "learning_loop/socketio/events.h"
#include "learning_loop/socketio/server_session.h"

#include <map>
#include <memory>
#include <string>
#include <unordered_map>

namespace learning_loop::socketio {

struct ServerOptions {
    engineio::SessionOptions engine;
    std::chrono::milliseconds connect_timeout{45'000}; ///< Longest time to the first CONNECT.
    PacketLimits packets;
    LoadLimits load; ///< Of one connection; an event beyond it is acked with an error.
    Arguments (*error_ack)(Error const&) = &socketio::error_ack; ///< What the ack of a failed event carries.
};

/// What a server does in one namespace.
struct Namespace {
    Events events;
    std::function<Task<Result<void>>(PeerPtr)>
        admit;                                     ///< Whether a peer may connect; its error refuses. Empty: all may.
    std::function<void(PeerPtr const&)> connected; ///< The peer knows it by now. May be empty.
    std::function<void(PeerPtr const&, std::string const& why)> disconnected; ///< May be empty.
};

/// Socket.IO 5 below one path of an HTTP server. Build it before the http::Server that serves its routes, which must be
/// gone first. To be used on the io thread.
class Server {
public:
    explicit Server(boost::asio::any_io_executor executor, ServerOptions options = {});
    ~Server();

    Namespace& of(std::string const& name); ///< Declares it; others are refused. Before the first peer connects.
    void add_to(http::Router& router, std::string const& path);

    Task<> run();    ///< Keeps the time. Until cancelled.
    Task<> finish(); ///< Disconnects all. Call once, after `run` was cancelled; handlers that run are cancelled.

    /// Nothing happens when the peer is gone.
    void emit(PeerPtr const& peer, std::string_view event, Arguments arguments);
    void disconnect(PeerPtr const& peer);

    /// Emits, and waits for the ack. unavailable: the peer is gone, or did not ack in time.
    Task<Result<Arguments>> call(PeerPtr peer, std::string event, Arguments arguments,
                                 std::chrono::milliseconds timeout);

    std::size_t connections() const { return connections_.size(); }

private:
    struct Connection;
    using ConnectionPtr = std::shared_ptr<Connection>; // shared: with the handlers of its events

    engineio::Application application();
    void closed(std::string const& sid, std::string const& why);
    void execute(ConnectionPtr const& connection, ServerActions actions);
    void join(ConnectionPtr const& connection, Join join);
    Task<> admit(ConnectionPtr connection, Namespace const& nsp, PeerPtr peer);
    void admitted(ConnectionPtr const& connection, Namespace const& nsp, PeerPtr peer);
    void leave(ConnectionPtr const& connection, std::string const& nsp, std::string const& why);
    void handle(ConnectionPtr const& connection, Event event);
    Task<> answer(ConnectionPtr connection, PeerPtr peer, Event event);
    void acknowledge(ConnectionPtr const& connection, Peer const& peer, std::optional<std::uint64_t> ack_id,
                     Result<Arguments> result);
    bool is_there(Connection const& connection, Peer const& peer) const;
    ConnectionPtr find(std::string const& sid) const;

    boost::asio::any_io_executor executor_;
    ServerOptions options_;
    std::map<std::string, Namespace> namespaces_;
    std::unordered_map<std::string, ConnectionPtr> connections_; ///< By the sid of Engine.IO.
    engineio::Server engine_;
    TaskGroup tasks_;
};

} // namespace learning_loop::socketio
