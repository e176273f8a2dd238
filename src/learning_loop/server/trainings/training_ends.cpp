#include "learning_loop/server/trainings/training_ends.h"

#include "learning_loop/server/trainings/open_trainings.h"
#include "learning_loop/server/trainings/trainer_states.h"

namespace learning_loop {

void TrainingEnds::ask(OpenTraining& training, Trainer const& trainer)
{
    // Trainers before 0.27 would take it for an abort, and the model that people want to keep would be lost.
    bool const is_late = training.row.requested_end == TrainingEnd::stop && is_past_training(trainer.status.state);
    if (is_late) return;
    auto when = trainer.connection + " " + trainer.status.state;
    if (!training.row.requested_end || training.asked_to_end == when) return;
    training.asked_to_end = std::move(when);
    tasks_.spawn("ending a training", ask(training.row.number, trainer.status.id, *training.row.requested_end));
}

void TrainingEnds::abort(std::string const& trainer, std::function<void()> not_heard)
{
    tasks_.spawn("aborting a training", abort_now(trainer, std::move(not_heard)));
}

Task<> TrainingEnds::abort_now(std::string trainer, std::function<void()> not_heard)
{
    bool const has_heard = co_await trainers_.abort(std::move(trainer));
    if (!has_heard && not_heard) not_heard();
}

Task<> TrainingEnds::ask(std::int64_t training, std::string trainer, TrainingEnd how)
{
    bool has_heard = false;
    if (how == TrainingEnd::abort) has_heard = co_await trainers_.abort(std::move(trainer));
    else has_heard = co_await trainers_.stop(std::move(trainer));
    auto* const open = open_.find(training);
    if (open && !has_heard) open->asked_to_end.clear(); // its next report asks again
}

Task<> TrainingEnds::finish()
{
    tasks_.cancel();
    co_await tasks_.join();
}

} // namespace learning_loop
