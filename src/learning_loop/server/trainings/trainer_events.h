#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/node_ack.h"

#include <boost/json/value.hpp>

#include <string>

namespace learning_loop {

class ConnectedTrainers;
class NodeHub;
struct NodePeer;
class Trainings;

/// What trainers tell: `update_trainer` and `update_training`. All parts must outlive the hub's connections.
class TrainerEvents {
public:
    TrainerEvents(NodeHub& hub, ConnectedTrainers& trainers, Trainings& trainings);

private:
    Task<Result<NodeAck>> update_trainer(NodePeer from, boost::json::value status);

    /// The payload of the ack tells the id that the model has, or will have.
    Task<Result<NodeAck>> update_training(NodePeer from, std::string organization, std::string project,
                                          boost::json::value result);

    ConnectedTrainers& trainers_;
    Trainings& trainings_;
};

} // namespace learning_loop
