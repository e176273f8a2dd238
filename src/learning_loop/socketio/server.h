#pragma once

#include "learning_loop/async/task_group.h"
#include "learning_loop/socketio/engineio/server.h"
#include "learning_loop/socketio/events.h"
#include "learning_loop/socketio/load.h"
#include "learning_loop/socketio/server_session.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace learning_loop::socketio {

struct ServerOptions {
    engineio::SessionOptions engine;
    std::chrono::milliseconds connect_timeout{45'000}; ///< From the opening of a connection to its first namespace.
    PacketLimits packets;
    LoadLimits load; ///< Of one connection. An event beyond them is acked with an error.
    Arguments (*error_ack)(Error const&) = &socketio::error_ack; ///< Makes the ack of an event that failed.
};

/// What a server does in one namespace. Each function may be empty.
struct Namespace {
    Events events;
    std::function<Task<Result<void>>(PeerPtr)> admit; ///< May a peer connect? An error refuses it. Empty: all may.
    std::function<void(PeerPtr const&)> connected;    ///< The peer has been told that it is connected.
    std::function<void(PeerPtr const&, std::string const& why)> disconnected;
};

/// Socket.IO 5 below one path of an HTTP server. Must be built before the http::Server that serves its routes, which
/// must be destroyed first. Must be used on the io thread.
class Server {
public:
    explicit Server(boost::asio::any_io_executor executor, ServerOptions options = {});
    ~Server();

    /// Declares a namespace; others are refused. Must be called before the first peer connects.
    Namespace& of(std::string const& name);
    void add_to(http::Router& router, std::string const& path);

    Task<> run(); ///< Sends pings and enforces deadlines until it is cancelled.
    /// Disconnects all peers and cancels their handlers. Before that, no event is handled any more, and those that are
    /// have this long to end. Call once, after `run` was cancelled.
    Task<> finish(std::chrono::milliseconds grace = {});

    /// Nothing happens if the peer is not connected any more.
    void emit(PeerPtr const& peer, std::string_view event, Arguments arguments);
    void disconnect(PeerPtr const& peer);

    /// Emits and waits for the ack. Errors: unavailable if the peer is not connected, or does not ack in time.
    Task<Result<Arguments>> call(PeerPtr peer, std::string event, Arguments arguments,
                                 std::chrono::milliseconds timeout);

    std::size_t connections() const { return connections_.size(); }

private:
    struct Connection;
    using ConnectionPtr = std::shared_ptr<Connection>; // shared: with the handlers of its events

    engineio::Application application();
    void open(std::string const& sid, engineio::Handshake const& handshake);
    void forget(std::string const& sid, std::string const& why);
    void execute(ConnectionPtr const& connection, ServerActions actions);
    void join(ConnectionPtr const& connection, Join join);
    Task<> decide_admission(ConnectionPtr connection, Namespace const& nsp, PeerPtr peer);
    void let_in(ConnectionPtr const& connection, Namespace const& nsp, PeerPtr peer);
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
    int handling_ = 0; ///< Events whose handlers run.
    bool is_finishing_ = false;
};

} // namespace learning_loop::socketio
