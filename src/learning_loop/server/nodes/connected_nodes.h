#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/http/caller.h"
#include "learning_loop/socketio/peer.h"
#include "learning_loop/store/training_tables.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace learning_loop {

namespace store {
class NodeRepository;
}

/// What a node told of itself, in the form that all kinds share.
struct NodeReport {
    store::NodeKind kind = store::NodeKind::trainer;
    std::string id;
    std::string name;
    std::string status; ///< The whole report, as JSON.
};

/// A node that told of itself, now or at any time before.
struct KnownNode {
    store::NodeRow row;
    std::vector<socketio::PeerPtr> peers{}; ///< Its connections; it told of itself last on the last one.

    bool is_connected() const { return !peers.empty(); } ///< If not, it is gone since `row.last_seen`.
    socketio::PeerPtr peer() const { return peers.empty() ? nullptr : peers.back(); }
};

/// The trainers and annotation nodes that have ever told of themselves. A node may have several connections, since it
/// notices later than the Loop, or earlier, that one is lost: what it told last counts, and it is gone when the last of
/// them is. What they told is in memory, and in the database some seconds later. To be used on the io thread.
class ConnectedNodes {
public:
    /// Beyond, those that are gone for the longest time are forgotten.
    static constexpr std::size_t max_nodes = 10'000;

    /// Loads those that were known before. Blocks, and nobody may use the repository's lanes yet.
    ConnectedNodes(boost::asio::any_io_executor executor, store::NodeRepository& repository);

    /// Errors: unprocessable if its id is empty or long, the report is longer than max_report_bytes, or the connection
    /// is that of another node of this kind. forbidden if the caller may not speak for that node: a node's token is for
    /// the node of its name, and an id belongs to whoever used it first, until it is forgotten.
    Result<void> tell(NodeReport report, socketio::PeerPtr const& peer);

    void disconnect(socketio::PeerPtr const& peer); ///< The connection is lost.

    KnownNode const* find(store::NodeKind kind, std::string const& id) const;
    std::vector<KnownNode const*> all() const; ///< By kind and id.

    /// Errors: not_found if there is none. conflict if it is connected.
    Task<Result<void>> forget(store::NodeKind kind, std::string id);

    Task<> run();          ///< Keeps what was told from time to time, until it is cancelled.
    Task<> keep_changed(); ///< Keeps it now. To be called once more at the end, when `run` was cancelled.

private:
    using Key = std::pair<store::NodeKind, std::string>;

    Result<void> check(NodeReport const& report, socketio::PeerPtr const& peer) const;
    Result<void> check_owner(NodeReport const& report, http::Caller const& caller) const;
    Result<void> make_room();
    Task<Result<void>> keep(std::set<Key> changed);

    boost::asio::any_io_executor executor_;
    store::NodeRepository& repository_;
    std::map<Key, KnownNode> nodes_;
    std::map<std::string, std::map<store::NodeKind, std::string>>
        speakers_;          ///< By connections, the ids that they told.
    std::set<Key> changed_; ///< In memory, but not in the database yet.
};

} // namespace learning_loop
