#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/node_ack.h"

#include <boost/json/value.hpp>

#include <optional>
#include <string>

namespace learning_loop {

class DetectorReports;
class NodeHub;
struct DetectorPeer;
namespace store {
class ModelRepository;
class ProjectRepository;
} // namespace store

/// What detectors of before 2025 tell: `update_detector`, whose ack has the model that they are to run. All parts must
/// outlive the hub's connections.
class DetectorEvents {
public:
    DetectorEvents(NodeHub& hub, store::ProjectRepository& projects, store::ModelRepository& models,
                   DetectorReports& reports);

private:
    Task<Result<NodeAck>> update_detector(DetectorPeer from, std::optional<std::string> organization,
                                          std::optional<std::string> project, boost::json::value status);

    store::ProjectRepository& projects_;
    store::ModelRepository& models_;
    DetectorReports& reports_;
};

} // namespace learning_loop
