#include "learning_loop/server/trainings/training_follower.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/json/from_text.h"
#include "learning_loop/server/trainings/open_trainings.h"
#include "learning_loop/server/trainings/trainer_states.h"
#include "learning_loop/server/trainings/training_ends.h"
#include "learning_loop/store/project_repository.h"

#include <chrono>
#include <map>
#include <optional>

namespace learning_loop {
namespace {

using namespace std::chrono_literals;

// What an idle trainer reports may be older than its ack, and trainers report every 5 to 10 s.
constexpr auto slow_to_report = 30s;
constexpr std::size_t max_looked_at = 10'000;

std::optional<std::string> errors_of(TrainingStatus const& status)
{
    return status.errors.empty() ? std::nullopt : std::optional(to_text(to_json(status.errors)));
}

/// `prepare: no images; upload_model: ...`; nullopt: there are none.
std::optional<std::string> listed_errors(store::TrainingRow const& row)
{
    if (!row.errors) return std::nullopt;
    auto const errors = from_text<std::map<std::string, std::string>>(*row.errors, "errors");
    if (!errors) return *row.errors;
    std::string text;
    for (auto const& [step, error] : *errors) text.append(text.empty() ? "" : "; ").append(step + ": " + error);
    return text;
}

} // namespace

Task<Result<void>> TrainingFollower::on_report(Trainer trainer)
{
    if (is_busy(trainer)) co_return co_await on_busy(std::move(trainer));
    if (is_idle(trainer)) co_return co_await on_idle(std::move(trainer));
    co_return Result<void>();
}

Task<Result<void>> TrainingFollower::on_busy(Trainer trainer)
{
    auto const& status = trainer.status;
    idle_.erase(trainer.connection);
    auto* open = open_.find_of(status.id);
    if (!open && status.context) open = open_.find_queued_of(status.id, *status.context);
    if (!open) co_return co_await abort_what_ended(std::move(trainer));
    auto const& row = open->row;
    if (!is_trainer_of(trainer, row)) co_return Result<void>();
    bool const is_running = row.state == TrainingState::running && !open->is_beginning;
    if (may_be_of(trainer, open->context)) {
        open->progress = status.progress;
        if (is_running) ends_.ask(*open, trainer);
    }
    bool const is_news = row.state != TrainingState::running || open->busy_connection != trainer.connection ||
                         row.trainer_state != status.state || row.errors != errors_of(status) ||
                         !may_be_of(trainer, open->context);
    if (!is_news) co_return Result<void>();
    auto const number = row.number;
    auto const turn = co_await open_.wait_for_turn();
    if (!turn) co_return turn.error();
    co_return co_await follow(number, std::move(trainer));
}

Task<Result<void>> TrainingFollower::follow(std::int64_t training, Trainer trainer)
{
    auto const& status = trainer.status;
    auto* const open = open_.find(training);
    if (!open) co_return Result<void>();
    bool const is_its = is_with(open->row, status.id) || open->row.state == TrainingState::queued;
    if (!is_its) co_return Result<void>();
    if (!may_be_of(trainer, open->context)) { // it is at work, but on something else
        if (open->is_beginning || open->row.state == TrainingState::queued) co_return Result<void>();
        co_return co_await open_.queue_again(training, "its trainer is at work for another project");
    }
    open->busy_connection = trainer.connection;
    if (open->is_beginning) co_return Result<void>(); // its answer is about to come
    auto row = open->row;
    if (row.state != TrainingState::running) {
        log::info("{} runs on the trainer {}", named(*open), log::value(status.name));
        row.state = TrainingState::running;
        row.trainer = status.id;
        row.reason.reset();
        if (!row.begun) row.begun = timestamp_now();
    }
    row.trainer_name = status.name;
    row.trainer_state = status.state;
    row.errors = errors_of(status);
    auto const kept = co_await open_.keep(std::move(row));
    if (auto* const now = open_.find(training); kept && now) ends_.ask(*now, trainer);
    co_return kept;
}

/// It is at work on what is no open training: somebody ended that while the trainer was gone, or another one has it.
/// Looked up once in each of its states.
Task<Result<void>> TrainingFollower::abort_what_ended(Trainer trainer)
{
    if (looked_at_.size() >= max_looked_at) looked_at_.clear();
    auto const when = trainer.connection + " " + trainer.status.state;
    if (looked_at_.contains(when)) co_return Result<void>();
    auto const has_ended = co_await is_at_what_ended(trainer);
    if (!has_ended) co_return has_ended.error();
    looked_at_.insert(when);
    bool const has_another = open_.find_of(trainer.status.id) != nullptr; // meanwhile
    if (!*has_ended || has_another) co_return Result<void>();
    log::info("the trainer {} is told that its training has ended", log::value(trainer.status.name));
    auto not_heard = [this, when] { looked_at_.erase(when); }; // its next report asks again
    ends_.abort(trainer.status.id, std::move(not_heard));
    co_return Result<void>();
}

Task<Result<bool>> TrainingFollower::is_at_what_ended(Trainer trainer)
{
    if (open_.was_lost_by(trainer)) co_return true;
    std::optional<std::int64_t> of; // trainers of old do not tell the project
    if (auto const& context = trainer.status.context) {
        auto const project = co_await projects_.find(context->organization, context->project);
        if (!project) co_return project.error();
        if (!*project) co_return true; // it was deleted
        of = (*project)->number;
    }
    auto const last = co_await repository_.last_of_trainer(trainer.status.id);
    if (!last) co_return last.error();
    co_return *last && (*last)->state == TrainingState::aborted && (!of || of == (*last)->project);
}

Task<Result<void>> TrainingFollower::on_idle(Trainer trainer)
{
    if (idle_.size() >= max_looked_at) idle_.clear();
    bool const is_free_now = idle_.insert(trainer.connection).second;
    auto const* open = open_.find_of(trainer.status.id);
    if (!open) {
        if (is_free_now && open_.is_any_queued()) open_.wake();
        co_return Result<void>();
    }
    auto const number = open->row.number;
    auto const turn = co_await open_.wait_for_turn();
    if (!turn) co_return turn.error();
    open = open_.find(number);
    bool const is_its = open && is_with(open->row, trainer.status.id) && !open->is_beginning &&
                        is_trainer_of(trainer, open->row) && !works_elsewhere(open->busy_connection, trainer);
    if (!is_its) co_return Result<void>();
    co_return co_await conclude(number, std::move(trainer));
}

/// Two processes may have the id of one trainer: that the one is idle does not end what the other one works at.
bool TrainingFollower::works_elsewhere(std::string const& connection, Trainer const& trainer) const
{
    return connection != trainer.connection && trainers_.is_open(connection);
}

/// Its trainer is idle: how did the training end?
Task<Result<void>> TrainingFollower::conclude(std::int64_t training, Trainer trainer)
{
    auto const has_model = co_await repository_.has_model(training);
    if (!has_model) co_return has_model.error();
    auto const* open = open_.find(training);
    if (!open) co_return Result<void>();
    auto const row = open->row;
    bool const is_same = open->busy_connection == trainer.connection;
    auto const since = std::chrono::steady_clock::now() - open->accepted;
    auto const errors = listed_errors(row);
    bool const is_aborted = row.requested_end == TrainingEnd::abort || (row.requested_end && !*has_model);
    if (is_aborted) co_return co_await open_.finish(training, TrainingState::aborted, row.reason);
    if (*has_model) co_return co_await open_.finish(training, TrainingState::completed, errors ? errors : row.reason);
    if (row.state != TrainingState::running)
        co_return co_await open_.queue_again(training, "its trainer did not take it");
    if (is_same && !row.trainer_state && since < slow_to_report) co_return Result<void>(); // older than its ack
    // What a trainer tries again, as while this Loop was away, is no end: it may have been restarted meanwhile.
    if (errors && (is_same || is_last(row.trainer_state.value_or(""))))
        co_return co_await open_.finish(training, TrainingState::failed, errors);
    if (is_same) {
        std::string const reason = "its trainer ended it without a model: see the trainer's log";
        co_return co_await open_.finish(training, TrainingState::failed, reason);
    }
    auto const after = errors ? " after an error (" + *errors + ")" : std::string();
    co_return co_await open_.queue_again(training, "its trainer lost it" + after);
}

} // namespace learning_loop
