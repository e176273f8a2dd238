#pragma once

#include "learning_loop/data/context.h"
#include "learning_loop/socketio/peer.h"

#include <set>

namespace learning_loop {

class NodeHub;

/// The converters that are connected. They are told when there is something new for them, so that they need not wait
/// until they look for it. To be used on the io thread.
class ConverterNodes {
public:
    /// To be built before the first node connects; must outlive the hub's connections.
    explicit ConverterNodes(NodeHub& hub);

    /// Tells each converter that may see the project: it then asks for the project's models, so what has changed must
    /// be durable. One that is not connected is told nothing; it looks when it connects.
    void tell_of_models(Context const& project);

private:
    NodeHub& hub_;
    std::set<socketio::PeerPtr> connected_;
};

} // namespace learning_loop
