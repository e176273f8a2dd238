#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/node_ack.h"
#include "learning_loop/socketio/server.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace learning_loop {

class LoopDoor;

// Who sent an event; its login still counts. A handler of an event takes one of these, which tells whom it is for.

/// A node that is logged in.
struct NodePeer {
    socketio::PeerPtr peer;
};
/// A detector, which need not be.
struct DetectorPeer {
    socketio::PeerPtr peer;
};

/// Where nodes of all kinds and generations connect: Socket.IO below `loop_api::socketio`, in the namespace `/`. They
/// tell what they are in the header `nodeType` of the handshake, and are known as callers of routes are. Each event is
/// acked with a NodeAck. To be used on the io thread.
class NodeHub {
public:
    NodeHub(boost::asio::any_io_executor executor, LoopDoor const& door);

    /// To be filled before the first node connects.
    socketio::Events& events();

    /// May whoever opens the connection connect as the kind of node that it tells? Errors: invalid_argument if there is
    /// no such kind. unauthorized if it needs a login.
    Task<Result<void>> admit(socketio::PeerPtr peer);

    // To be called before the first node connects.
    using PeerListener = std::function<void(socketio::PeerPtr const&)>;
    void on_connect(PeerListener there) { there_.push_back(std::move(there)); } ///< Called with each connection.
    void on_disconnect(PeerListener gone) { gone_.push_back(std::move(gone)); } ///< Called with each that is lost.

    void add_to(http::Router& router);

    /// Emits and waits for the ack. Errors: unavailable if the node is not connected any more, or does not ack in time.
    /// unauthorized if its login does not count any more; then it is disconnected.
    Task<Result<NodeAck>> call(socketio::PeerPtr peer, std::string event, socketio::Arguments arguments,
                               std::chrono::milliseconds timeout);

    /// To a node that is not connected any more, nothing is sent. One whose login does not count any more is
    /// disconnected instead.
    void emit(socketio::PeerPtr const& peer, std::string_view event, socketio::Arguments arguments);

    Task<> run();    ///< Keeps the connections alive until it is cancelled.
    Task<> finish(); ///< Disconnects all nodes. To be called once, when `run` was cancelled.

private:
    Task<Result<NodePeer>> find_node(socketio::PeerPtr peer);
    Task<Result<DetectorPeer>> find_detector(socketio::PeerPtr peer);
    Result<void> check_access(socketio::PeerPtr const& peer, http::Access access);
    Result<void> check_login(socketio::PeerPtr const& peer);

    LoopDoor const& door_;
    socketio::Server server_;
    std::vector<PeerListener> there_;
    std::vector<PeerListener> gone_;
};

} // namespace learning_loop
