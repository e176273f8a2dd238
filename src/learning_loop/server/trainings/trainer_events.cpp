#include "learning_loop/server/trainings/trainer_events.h"

#include "learning_loop/base/log.h"
#include "learning_loop/server/nodes/node_hub.h"
#include "learning_loop/server/nodes/node_reports.h"
#include "learning_loop/server/projects/project_lookup.h"
#include "learning_loop/server/trainings/connected_trainers.h"
#include "learning_loop/server/trainings/trainings.h"
#include "learning_loop/store/database.h"

namespace learning_loop {

TrainerEvents::TrainerEvents(NodeHub& hub, ConnectedTrainers& trainers, Trainings& trainings)
    : trainers_(trainers), trainings_(trainings)
{
    hub.events().on("update_trainer", *this, &TrainerEvents::update_trainer);
    hub.events().on("update_training", *this, &TrainerEvents::update_training);
}

Task<Result<NodeAck>> TrainerEvents::update_trainer(NodePeer from, boost::json::value status)
{
    auto read = read_trainer_status(status);
    if (!read) co_return read.error();
    auto trainer = trainers_.tell(std::move(*read), from.peer);
    if (!trainer) co_return trainer.error();
    auto const name = trainer->status.name;
    std::string failure;
    try {
        auto const taken = co_await trainings_.on_report(std::move(*trainer));
        if (!taken) failure = taken.error().message;
    } catch (store::DatabaseError const& error) {
        failure = error.what();
    }
    // Its next report tells it again. One that is told of an error would connect and log in anew, again and again.
    if (!failure.empty()) log::warn("what the trainer {} told is not kept: {}", log::value(name), failure);
    co_return NodeAck();
}

Task<Result<NodeAck>> TrainerEvents::update_training(NodePeer from, std::string organization, std::string project,
                                                     boost::json::value result)
{
    auto read = read_training_out(result);
    if (!read) co_return read.error();
    auto const& caller = from.peer->caller;
    if (!caller.sees(organization, project)) co_return no_such_project(organization, project);
    Context const context{std::move(organization), std::move(project)};
    auto const kept = co_await trainings_.add_result(context, std::move(*read), caller);
    if (!kept) co_return kept.error();
    NodeAck ack;
    ack.payload = {{"model_uuid", kept->model}};
    co_return ack;
}

} // namespace learning_loop
