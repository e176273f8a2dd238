#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/data/node_ack.h"
#include "learning_loop/node/loop_session.h"
#include "learning_loop/node/problems.h"
#include "learning_loop/socketio/client.h"

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace learning_loop {

/// What kind of node the Loop is told that it talks to, in the header `nodeType`.
enum class NodeType { trainer, annotation_node, converter };
BOOST_DESCRIBE_ENUM(NodeType, trainer, annotation_node, converter)

struct LoopConnectionOptions {
    NodeType type = NodeType::trainer;
    bool is_muted = false;                      ///< Begins without a connection.
    std::chrono::milliseconds first_wait{2000}; ///< Before it connects again; later waits are longer.
    socketio::LoadLimits load;                  ///< Of the Loop's events that are being answered.
};

/// How a node of these settings connects.
LoopConnectionOptions loop_connection_options(NodeSettings const& settings, NodeType type);

/// How a node talks Socket.IO to its Loop: a connection that is opened again for ever, each time with a new login. The
/// Loop's event `restart` ends the program; an event that is not in `events` is acked without arguments, one that fails
/// with a NodeAck that tells why. What keeps it from connecting is the problem `connection`. To be used on the io
/// thread.
class LoopConnection {
public:
    /// `restart` is called when the Loop asks the node to end its process.
    LoopConnection(boost::asio::any_io_executor executor, LoopSession& session, Problems& problems,
                   LoopConnectionOptions options, std::function<void()> restart);

    /// Of the Loop. Handlers return a NodeAck. To be filled before `run`.
    socketio::Events& events() { return client_.events; }

    /// `connected` is called whenever events go through again. To be called before `run`.
    void on_connect(std::function<void()> connected) { connected_.push_back(std::move(connected)); }

    Task<> run(); ///< Until it is cancelled.

    bool is_connected() const { return client_.is_connected(); }

    /// Sends an event and waits for the ack, whatever it says. Errors: unavailable if there is no connection, if it is
    /// lost, or if no ack comes in time.
    Task<Result<NodeAck>> call(std::string event, socketio::Arguments arguments, std::chrono::milliseconds timeout);

    void renew(std::string why) { client_.renew(std::move(why)); } ///< Closes the connection and opens another one.

    /// A muted node has no connection. The one that is open is closed at once.
    void set_muted(bool is_muted);
    bool is_muted() const { return is_muted_; }

private:
    Task<Result<http::Headers>> prepare();
    Task<Result<NodeAck>> end_program();

    LoopSession& session_;
    Problems& problems_;
    NodeType type_;
    bool is_muted_;
    std::function<void()> restart_;
    std::vector<std::function<void()>> connected_;
    Pause unmuted_;
    socketio::Client client_;
};

} // namespace learning_loop
