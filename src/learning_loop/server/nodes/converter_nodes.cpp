#include "learning_loop/server/nodes/converter_nodes.h"

#include "learning_loop/server/nodes/node_hub.h"

namespace learning_loop {

ConverterNodes::ConverterNodes(NodeHub& hub) : hub_(hub)
{
    hub.on_connect([this](socketio::PeerPtr const& peer) {
        if (peer->headers.find("nodeType") == "converter") connected_.insert(peer);
    });
    hub.on_disconnect([this](socketio::PeerPtr const& peer) { connected_.erase(peer); });
}

void ConverterNodes::tell_of_models(Context const& project)
{
    auto const connected = connected_; // the hub ends a connection whose login does not count any more
    for (auto const& peer : connected) {
        if (!peer->caller.sees(project.organization, project.project)) continue;
        hub_.emit(peer, "models_changed", socketio::Arguments::of(project.organization, project.project));
    }
}

} // namespace learning_loop
