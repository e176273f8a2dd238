#include "learning_loop/server/trainings/trainings.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/server/trainings/new_training.h"
#include "learning_loop/server/trainings/trainer_states.h"
#include "learning_loop/server/trainings/training_path.h"

namespace learning_loop {

Trainings::Trainings(boost::asio::any_io_executor executor, Parts const& parts)
    : repository_(parts.repository),
      trainers_(parts.trainers),
      open_(executor, parts.repository, parts.changed),
      ends_(executor, open_, parts.trainers),
      follower_(open_, ends_, parts.trainers, parts.repository, parts.projects),
      queue_(executor, {open_, ends_, parts.repository, parts.projects, parts.datasets, parts.trainers})
{}

Task<Result<store::TrainingRow>> Trainings::add(store::Project project, NewTraining wanted, std::string who)
{
    if (!open_.has_room()) {
        co_return Error{Errc::conflict, "there are " + std::to_string(OpenTrainings::max_open) +
                                            " trainings that have not ended, which is the most: abort some of them"};
    }
    auto row = training_from(project, std::move(wanted), std::move(who));
    if (!row) co_return row.error();
    auto added = co_await repository_.add(std::move(*row));
    if (!added) co_return added.error();
    open_.add(*added, {project.organization, project.name});
    co_return added;
}

Task<Result<void>> Trainings::end(store::TrainingRow training, TrainingEnd how, std::string who)
{
    auto const turn = co_await open_.wait_for_turn();
    if (!turn) co_return turn.error();
    auto const number = training.number;
    auto* open = open_.find(number);
    if (!open) {
        co_return Error{Errc::conflict,
                        "the training " + std::to_string(training.training_number) + " has ended already"};
    }
    bool const is_repeated = open->row.requested_end == TrainingEnd::abort;
    if (is_repeated && how == TrainingEnd::stop) co_return Result<void>(); // which does not take it back
    auto row = open->row;
    row.requested_end = how;
    row.reason = std::string(how == TrainingEnd::stop ? "stopped" : "aborted") + " by " + printable(who);
    log::info("{} is {}", named(*open), *row.reason);
    auto const reason = row.reason;
    auto const kept = co_await open_.keep(std::move(row));
    if (!kept) co_return kept.error();
    open = open_.find(number);
    if (!open || open->is_beginning) co_return Result<void>(); // it is asked once it has begun
    auto const* trainer = find_trainer_of(open->row, trainers_);
    bool const has_no_trainer = open->row.state == TrainingState::queued;
    bool const is_lost = !trainer && how == TrainingEnd::abort;
    if (has_no_trainer || is_lost) co_return co_await open_.finish(number, TrainingState::aborted, reason);
    open->asked_to_end.clear(); // somebody may change a stop to an abort
    if (trainer) ends_.ask(*open, *trainer);
    co_return Result<void>();
}

Task<Result<store::TrainingResultRow>> Trainings::add_result(Context context, TrainingOut result, http::Caller caller)
{
    auto const turn = co_await open_.wait_for_turn();
    if (!turn) co_return turn.error();
    auto const* open = open_.find_of(result.trainer_id);
    if (!open) open = open_.find_queued_of(result.trainer_id, context); // which shows that it has it
    if (!open || open->context != context) {
        co_return Error{Errc::not_found, "no training found for trainer " + printable(result.trainer_id) + " in " +
                                             printable(context.organization) + "/" + printable(context.project)};
    }
    if (auto const own = check_trainer(open->row, caller); !own) co_return own.error();
    auto row = open->row;
    if (row.state == TrainingState::queued) {
        row.state = TrainingState::running;
        row.reason.reset();
        auto const kept = co_await open_.keep(row);
        if (!kept) co_return kept.error();
    }
    co_return co_await repository_.add_result(row.number, std::move(result));
}

Task<Result<void>> Trainings::check_format_of(std::string model, http::Caller caller)
{
    auto const training = co_await repository_.find_in_the_making(lower_case(model));
    if (!training) co_return training.error();
    if (!*training || check_trainer(**training, caller)) co_return Result<void>();
    auto const& row = **training;
    co_return Error{Errc::forbidden, "the training " + std::to_string(row.training_number) +
                                         " makes this model: until it has ended, its trainer '" +
                                         printable(row.trainer_name.value_or("")) + "' alone, logged in as '" +
                                         printable(*row.trainer_owner) + "', adds files to it: try again then"};
}

void Trainings::forget_project(std::int64_t project)
{
    for (auto const number : open_.numbers()) {
        auto const* open = open_.find(number);
        if (open->row.project != project) continue;
        auto const trainer = open->row.trainer;
        if (trainer && is_with(open->row, *trainer)) ends_.abort(*trainer);
        open_.forget(number);
    }
}

std::optional<double> Trainings::progress_of(std::int64_t training)
{
    auto const* open = open_.find(training);
    return open ? open->progress : std::nullopt;
}

Task<> Trainings::finish()
{
    co_await queue_.finish();
    co_await ends_.finish();
}

} // namespace learning_loop
