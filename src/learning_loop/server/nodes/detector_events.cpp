#include "learning_loop/server/nodes/detector_events.h"

#include "learning_loop/json/reflect.h"
#include "learning_loop/server/nodes/detector_reports.h"
#include "learning_loop/server/nodes/node_hub.h"
#include "learning_loop/server/nodes/node_reports.h"
#include "learning_loop/server/projects/project_lookup.h"
#include "learning_loop/store/model_repository.h"
#include "learning_loop/store/project_repository.h"

namespace learning_loop {
namespace {

/// The model that a detector is to run; both are null if there is none.
struct TargetPayload {
    std::optional<std::string> target_model_id;
    std::optional<std::string> target_model_version;
};
BOOST_DESCRIBE_STRUCT(TargetPayload, (), (target_model_id, target_model_version))

/// What the event tells or, if it tells nothing, the handshake.
std::string told(std::optional<std::string> argument, socketio::Peer const& peer, std::string_view header)
{
    return argument ? std::move(*argument) : std::string(peer.headers.find(header).value_or(""));
}

} // namespace

DetectorEvents::DetectorEvents(NodeHub& hub, store::ProjectRepository& projects, store::ModelRepository& models,
                               DetectorReports& reports)
    : projects_(projects), models_(models), reports_(reports)
{
    hub.events().on("update_detector", *this, &DetectorEvents::update_detector);
}

Task<Result<NodeAck>> DetectorEvents::update_detector(DetectorPeer from, std::optional<std::string> organization,
                                                      std::optional<std::string> project, boost::json::value status)
{
    auto read = read_detector_status(status);
    if (!read) co_return read.error();
    auto const of = told(std::move(organization), *from.peer, "organization");
    auto const name = told(std::move(project), *from.peer, "project");
    if (!from.peer->caller.sees(of, name)) co_return no_such_project(of, name);
    auto found = co_await require_project(projects_, of, name);
    if (!found) co_return found.error();
    auto const number = found->number;
    auto const kept = co_await reports_.take(std::move(*found), std::move(*read), from.peer->caller);
    if (!kept) co_return kept.error();
    auto const target = co_await models_.target(number);
    if (!target) co_return target.error();
    TargetPayload payload;
    if (*target) payload = {(*target)->model_uuid, (*target)->version};
    NodeAck ack;
    ack.payload = to_json(payload);
    co_return ack;
}

} // namespace learning_loop
