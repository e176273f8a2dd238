#include "learning_loop/server/trainings/training_queue.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/server/trainings/begin_details.h"
#include "learning_loop/server/trainings/dataset_snapshots.h"
#include "learning_loop/server/trainings/open_trainings.h"
#include "learning_loop/server/trainings/trainer_states.h"
#include "learning_loop/server/trainings/training_ends.h"
#include "learning_loop/store/database.h"
#include "learning_loop/store/project_repository.h"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <exception>

namespace learning_loop {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto between_looks = 5s;  // beside those when something happens
constexpr auto after_refusal = 30s; // until a trainer that refused is asked again

bool fits(OpenTraining const& training, Trainer const& trainer, std::optional<std::string> const& architecture)
{
    auto const& row = training.row;
    if (!trainer.caller.sees(training.context.organization, training.context.project)) return false;
    if (row.wanted_trainer) return *row.wanted_trainer == trainer.status.id;
    if (row.base_model) return !architecture || architecture == trainer.status.architecture;
    if (row.model_variant.empty()) return true;
    return has_variant(trainer, row.model_variant);
}

} // namespace

Task<> TrainingQueue::run()
{
    for (;;) {
        try {
            auto const dispatched = co_await dispatch();
            if (!dispatched) log::warn("trainings wait: {}", dispatched.error().message);
        } catch (store::DatabaseError const& failure) { // the next time
            log::error("trainings wait: {}", failure.what());
        }
        co_await parts_.open.wait(between_looks);
    }
}

Task<> TrainingQueue::finish()
{
    tasks_.cancel();
    co_await tasks_.join();
}

Task<Result<void>> TrainingQueue::dispatch()
{
    std::erase_if(paused_, [](auto const& one) { return one.second <= Clock::now(); });
    auto free = free_trainers();
    for (auto const number : parts_.open.numbers()) {
        if (free.empty()) break;
        auto const* open = parts_.open.find(number);
        if (!open || open->row.state != TrainingState::queued) continue;
        auto const assigned = co_await assign(number, free);
        if (!assigned) co_return assigned.error();
        if (*assigned) std::erase(free, **assigned);
    }
    co_return Result<void>();
}

/// The ids of those that could have one now.
std::vector<std::string> TrainingQueue::free_trainers() const
{
    auto const taken = parts_.open.trainers();
    std::vector<std::string> free;
    for (auto const* trainer : parts_.trainers.connected()) {
        auto const& id = trainer->status.id;
        if (is_free(*trainer) && !paused_.contains(id) && !taken.contains(id)) free.push_back(id);
    }
    return free;
}

/// Gives it to one of these trainers, if one fits. Returns which one.
Task<Result<std::optional<std::string>>> TrainingQueue::assign(std::int64_t training,
                                                               std::vector<std::string> const& free)
{
    std::optional<std::string> none;
    auto const turn = co_await parts_.open.wait_for_turn();
    if (!turn) co_return turn.error();
    auto const* open = parts_.open.find(training);
    if (!open || open->row.state != TrainingState::queued) co_return none;
    std::optional<std::string> architecture; // of the trainer that made the model which is to be continued
    if (auto const base = open->row.base_model) {
        auto const known = co_await parts_.repository.architecture_of(*base);
        if (!known) co_return known.error();
        architecture = *known;
    }
    open = parts_.open.find(training);
    auto const* chosen = open ? choose(*open, architecture, free) : nullptr;
    if (!chosen) co_return none;
    auto trainer = *chosen;
    auto const given = co_await give(training, trainer);
    if (!given) co_return given.error();
    co_return std::optional(trainer.status.id);
}

/// The first that fits, but one that has lost it before only if there is no other. Null: none fits.
Trainer const* TrainingQueue::choose(OpenTraining const& training, std::optional<std::string> const& architecture,
                                     std::vector<std::string> const& free) const
{
    Trainer const* loser = nullptr;
    for (auto const& id : free) {
        auto const* trainer = parts_.trainers.find(id);
        if (!trainer || !is_free(*trainer) || !fits(training, *trainer, architecture)) continue;
        if (!training.losers.contains(id)) return trainer;
        loser = trainer;
    }
    return loser;
}

Task<Result<void>> TrainingQueue::give(std::int64_t training, Trainer trainer)
{
    auto row = parts_.open.find(training)->row;
    row.state = TrainingState::starting;
    row.reason.reset();
    row.trainer = trainer.status.id;
    row.trainer_name = trainer.status.name;
    row.trainer_owner = trainer.owner;
    row.architecture = trainer.status.architecture;
    row.trainer_state.reset();
    row.errors.reset();
    row.begun.reset();
    ++row.attempts;
    auto const kept = co_await parts_.open.keep(std::move(row));
    if (!kept) co_return kept.error();
    auto* const open = parts_.open.find(training);
    if (!open) co_return Result<void>();
    open->is_beginning = true;
    open->busy_connection.clear();
    open->asked_to_end.clear();
    open->progress.reset();
    tasks_.spawn("the begin of a training", begin(training, trainer.status.id));
    co_return Result<void>();
}

Task<> TrainingQueue::begin(std::int64_t training, std::string trainer)
{
    std::string failure;
    bool has_answered = false;
    try {
        auto const begun = co_await try_begin(training, trainer, has_answered);
        if (begun) co_return;
        failure = begun.error().message;
    } catch (boost::system::system_error const& error) {
        if (error.code() == boost::asio::error::operation_aborted) throw; // the Loop ends
        failure = error.what();
    } catch (std::exception const& error) { // whatever it was, the training must not stay at its beginning
        failure = error.what();
    }
    if (auto* const open = parts_.open.find(training)) {
        open->is_beginning = false;
        log::warn("{} could not begin: {}", named(*open), failure);
    }
    if (has_answered) co_return; // it may have it: its next report decides
    auto const turn = co_await parts_.open.wait_for_turn();
    if (turn) (void)co_await put_back(training, std::move(trainer), "the Loop could not begin it: " + failure);
}

Task<Result<void>> TrainingQueue::try_begin(std::int64_t training, std::string trainer, bool& has_answered)
{
    auto details = co_await prepare(training);
    if (!details) co_return details.error();
    auto const* open = parts_.open.find(training);
    if (!*details || !open) co_return Result<void>();
    auto const context = open->context;
    auto answer = co_await parts_.trainers.begin(trainer, context, std::move(**details));
    has_answered = true;
    auto const turn = co_await parts_.open.wait_for_turn();
    if (!turn) co_return turn.error();
    co_return co_await settle(training, std::move(trainer), std::move(answer));
}

/// What the trainer is to be told. The dataset is kept before. nullopt: somebody has ended the training.
Task<Result<std::optional<boost::json::object>>> TrainingQueue::prepare(std::int64_t training)
{
    std::optional<boost::json::object> details;
    auto const alone = co_await preparing_.take();
    if (!alone) co_return alone.error();
    auto const* open = parts_.open.find(training);
    if (!open) co_return details;
    auto const former = open->row.dataset;
    auto const context = open->context;
    auto const project = co_await parts_.projects.find(context.organization, context.project);
    if (!project) co_return project.error();
    if (!*project) co_return Error{Errc::not_found, "the project is gone"};
    auto const revision = co_await parts_.datasets.take(**project);
    if (!revision) co_return revision.error();
    auto const kept = co_await keep_dataset(training, *revision);
    co_await discard_unless_used(**project, former);
    co_await discard_unless_used(**project, *revision);
    if (!kept) co_return kept.error();
    open = parts_.open.find(training);
    if (*kept && open) details = begin_details(open->row, (*project)->categories);
    co_return details;
}

/// Returns false if somebody has ended the training.
Task<Result<bool>> TrainingQueue::keep_dataset(std::int64_t training, std::string revision)
{
    auto const turn = co_await parts_.open.wait_for_turn();
    if (!turn) co_return turn.error();
    auto const* open = parts_.open.find(training);
    if (!open) co_return false;
    auto row = open->row;
    if (row.requested_end) {
        auto const ended = co_await parts_.open.finish(training, TrainingState::aborted, row.reason);
        if (!ended) co_return ended.error();
        co_return false;
    }
    row.dataset = std::move(revision);
    auto const kept = co_await parts_.open.keep(std::move(row));
    if (!kept) co_return kept.error();
    co_return true;
}

/// As the revision of an attempt before, or of a training that is gone meanwhile.
Task<> TrainingQueue::discard_unless_used(store::Project project, std::optional<std::string> hash)
{
    if (!hash) co_return;
    auto const is_used = co_await parts_.repository.uses_dataset(project.number, *hash);
    if (is_used && !*is_used) co_await parts_.datasets.remove(std::move(project), std::move(*hash));
}

/// The trainer has answered, or not: then its next report decides.
Task<Result<void>> TrainingQueue::settle(std::int64_t training, std::string trainer, BeginAnswer answer)
{
    auto* const open = parts_.open.find(training);
    if (!open) co_return Result<void>();
    open->is_beginning = false;
    using Kind = BeginAnswer::Kind;
    // A trainer that is at work on it refuses it: the ack of a former begin was lost.
    bool const is_at_work = !open->busy_connection.empty();
    auto const name = "the trainer '" + open->row.trainer_name.value_or("") + "' ";
    switch (answer.kind) {
    case Kind::accepted: co_return co_await run_on(training);
    case Kind::failed: co_return co_await parts_.open.finish(training, TrainingState::failed, std::move(answer.text));
    case Kind::not_sent: co_return co_await put_back(training, std::move(trainer), name + answer.text);
    case Kind::refused:
        if (is_at_work) co_return co_await run_on(training);
        co_return co_await put_back(training, std::move(trainer), name + "had no time: " + answer.text);
    case Kind::unknown: break;
    }
    auto const* now = find_trainer_of(open->row, parts_.trainers);
    if (now) parts_.ends.ask(*open, *now); // it may have it, and somebody may want its end
    bool const is_lost = !now && open->row.requested_end == TrainingEnd::abort;
    if (is_lost) co_return co_await parts_.open.finish(training, TrainingState::aborted, open->row.reason);
    co_return Result<void>();
}

/// It waits again, and nothing was tried. Its trainer is not asked at once; its reports may show that it has it.
Task<Result<void>> TrainingQueue::put_back(std::int64_t training, std::string trainer, std::string reason)
{
    paused_[trainer] = Clock::now() + after_refusal;
    auto const* open = parts_.open.find(training);
    bool const is_there = open && open->row.state == TrainingState::starting && open->row.trainer == trainer;
    if (!is_there) co_return Result<void>();
    auto row = open->row;
    if (row.requested_end) co_return co_await parts_.open.finish(training, TrainingState::aborted, row.reason);
    row.state = TrainingState::queued;
    row.reason = std::move(reason);
    --row.attempts;
    co_return co_await parts_.open.keep(std::move(row));
}

Task<Result<void>> TrainingQueue::run_on(std::int64_t training)
{
    auto row = parts_.open.find(training)->row;
    row.state = TrainingState::running;
    row.begun = timestamp_now();
    auto const kept = co_await parts_.open.keep(std::move(row));
    if (!kept) co_return kept.error();
    auto* const open = parts_.open.find(training);
    if (!open) co_return Result<void>();
    open->accepted = Clock::now();
    log::info("{} runs on the trainer {}", named(*open), log::value(open->row.trainer_name.value_or("")));
    if (auto const* now = find_trainer_of(open->row, parts_.trainers)) {
        open->busy_connection = now->connection;
        parts_.ends.ask(*open, *now); // somebody may want its end already
    }
    co_return Result<void>();
}

} // namespace learning_loop
