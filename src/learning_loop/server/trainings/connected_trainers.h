#pragma once

#include "learning_loop/data/node_ack.h"
#include "learning_loop/data/training_list.h"
#include "learning_loop/server/nodes/connected_nodes.h"
#include "learning_loop/server/trainings/trainer_link.h"
#include "learning_loop/socketio/packet.h"
#include "learning_loop/socketio/peer.h"

#include <chrono>
#include <map>
#include <string>

namespace learning_loop {

class NodeHub;

/// What scripts and people are told of a trainer, which may be gone.
TrainerEntry trainer_entry(KnownNode const& node);

/// The trainers that are connected, and how they are asked. To be used on the io thread.
class ConnectedTrainers final : public TrainerLink {
public:
    ConnectedTrainers(NodeHub& hub, ConnectedNodes& nodes);

    /// Returns it as it is known now. Errors: those of `ConnectedNodes::tell`.
    Result<Trainer> tell(TrainingStatus status, socketio::PeerPtr const& peer);

    std::vector<Trainer const*> connected() const override;
    Trainer const* find(std::string const& id) const override;
    bool is_open(std::string const& connection) const override { return open_.contains(connection); }
    Task<BeginAnswer> begin(std::string trainer, Context context, boost::json::object details) override;
    Task<bool> stop(std::string trainer) override;
    Task<bool> abort(std::string trainer) override;

private:
    void disconnect(std::string const& connection);
    Task<Result<NodeAck>> call(std::string trainer, std::string event, socketio::Arguments arguments,
                               std::chrono::milliseconds timeout);

    NodeHub& hub_;
    ConnectedNodes& nodes_;
    std::map<std::string, Trainer> trainers_; ///< By their ids; those that are gone are not among them.
    std::map<std::string, std::string> open_; ///< The id of the trainer of each connection.
};

} // namespace learning_loop
