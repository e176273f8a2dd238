#include "learning_loop/server/trainings/connected_trainers.h"

#include "learning_loop/base/log.h"
#include "learning_loop/json/json.h"
#include "learning_loop/server/nodes/node_hub.h"
#include "learning_loop/server/nodes/node_reports.h"

#include <algorithm>

namespace learning_loop {
namespace {

using namespace std::chrono_literals;

constexpr auto to_begin = 60s; // a trainer may clear up after its last training first
constexpr auto to_end = 30s;

} // namespace

TrainerEntry trainer_entry(KnownNode const& node)
{
    TrainerEntry entry;
    entry.id = node.row.id;
    auto const json = parse_json(node.row.status, "a report");
    if (auto status = json ? read_trainer_status(*json) : Result<TrainingStatus>(json.error())) {
        entry.name = std::move(status->name);
        entry.state = std::move(status->state);
        entry.architecture = std::move(status->architecture);
        entry.pretrained_models = std::move(status->pretrained_models);
    }
    if (node.is_connected()) return entry;
    entry.state = "offline";
    entry.lost_since = node.row.last_seen;
    return entry;
}

ConnectedTrainers::ConnectedTrainers(NodeHub& hub, ConnectedNodes& nodes) : hub_(hub), nodes_(nodes)
{
    hub_.on_disconnect([this](socketio::PeerPtr const& peer) { disconnect(peer->id); });
}

Result<Trainer> ConnectedTrainers::tell(TrainingStatus status, socketio::PeerPtr const& peer)
{
    auto const told = nodes_.tell({store::NodeKind::trainer, status.id, status.name, to_text(to_json(status))}, peer);
    if (!told) return told.error();
    auto const id = status.id;
    open_[peer->id] = id;
    auto const& owner = nodes_.find(store::NodeKind::trainer, id)->row.owner;
    return trainers_.insert_or_assign(id, Trainer{std::move(status), peer->id, peer->caller, owner}).first->second;
}

/// The trainer may have another connection, on which it goes on.
void ConnectedTrainers::disconnect(std::string const& connection)
{
    auto const lost = open_.find(connection);
    if (lost == open_.end()) return;
    auto const id = lost->second;
    open_.erase(lost);
    auto const other = std::ranges::find(open_, id, &std::pair<std::string const, std::string>::second);
    auto const trainer = trainers_.find(id);
    if (other == open_.end()) trainers_.erase(trainer);
    else if (trainer->second.connection == connection) trainer->second.connection = other->first;
}

std::vector<Trainer const*> ConnectedTrainers::connected() const
{
    std::vector<Trainer const*> connected;
    connected.reserve(trainers_.size());
    for (auto const& [id, trainer] : trainers_) connected.push_back(&trainer);
    return connected;
}

Trainer const* ConnectedTrainers::find(std::string const& id) const
{
    auto const found = trainers_.find(id);
    return found == trainers_.end() ? nullptr : &found->second;
}

Task<BeginAnswer> ConnectedTrainers::begin(std::string trainer, Context context, boost::json::object details)
{
    if (!find(trainer)) co_return BeginAnswer{BeginAnswer::Kind::not_sent, "it is not connected any more"};
    auto arguments =
        socketio::Arguments::of(context.organization, context.project, boost::json::value(std::move(details)));
    auto const ack = co_await call(std::move(trainer), "begin_training", std::move(arguments), to_begin);
    if (!ack) co_return BeginAnswer{BeginAnswer::Kind::unknown, ack.error().message};
    if (ack->success) co_return BeginAnswer{BeginAnswer::Kind::accepted, ""};
    auto const* payload = ack->payload.if_string();
    bool const is_refusal = payload && *payload == "refused";
    co_return BeginAnswer{is_refusal ? BeginAnswer::Kind::refused : BeginAnswer::Kind::failed,
                          ack->error_msg.value_or("the trainer tells no reason")};
}

Task<bool> ConnectedTrainers::stop(std::string trainer)
{
    auto const ack = co_await call(trainer, "stop_training", socketio::Arguments(), to_end);
    if (!ack) log::warn("the trainer {} was not stopped: {}", log::value(trainer), ack.error().message);
    co_return ack.has_value();
}

Task<bool> ConnectedTrainers::abort(std::string trainer)
{
    auto const ack = co_await call(trainer, "abort_training", socketio::Arguments(), to_end);
    if (!ack) log::warn("the training of {} was not aborted: {}", log::value(trainer), ack.error().message);
    if (!ack) co_return false;
    if (ack->success) co_return true;
    co_return co_await stop(std::move(trainer)); // it is older than this event
}

Task<Result<NodeAck>> ConnectedTrainers::call(std::string trainer, std::string event, socketio::Arguments arguments,
                                              std::chrono::milliseconds timeout)
{
    auto const* node = nodes_.find(store::NodeKind::trainer, trainer);
    auto peer = node ? node->peer() : nullptr;
    if (!peer) co_return Error{Errc::unavailable, "it is not connected"};
    co_return co_await hub_.call(std::move(peer), std::move(event), std::move(arguments), timeout);
}

} // namespace learning_loop
