#include "learning_loop/trainer/training_steps.h"

#include "learning_loop/base/log.h"
#include "learning_loop/node/loop_session.h"
#include "learning_loop/node/problems.h"
#include "learning_loop/trainer/steps/detect_images.h"
#include "learning_loop/trainer/steps/download_base_model.h"
#include "learning_loop/trainer/steps/prepare_data.h"
#include "learning_loop/trainer/steps/run_training.h"
#include "learning_loop/trainer/steps/sync_best_state.h"
#include "learning_loop/trainer/steps/training_states.h"
#include "learning_loop/trainer/steps/upload_detections.h"
#include "learning_loop/trainer/steps/upload_model.h"
#include "learning_loop/trainer/training/active_training.h"

#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace learning_loop {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::seconds patience_with_loop{10}; // this node may have been started just now

void give_up(TrainingRecord& record, std::string key, std::string const& reason)
{
    bool const has_uploaded =
        record.state == TrainerState::train_model_uploaded || record.state == TrainerState::detected;
    record.course = TrainingCourse::given_up;
    record.reason = reason;
    record.failed_step = std::move(key);
    record.keeps_model = record.best && !has_uploaded;
    if (record.keeps_model) record.reason += "; the model's files are put aside, in the folder kept_models of the node";
}

} // namespace

TrainingSteps::TrainingSteps(StepTools& tools, TrainingStore& store)
    : tools_(tools), store_(store), pause_(tools.executor)
{}

void TrainingSteps::wake()
{
    pause_.wake();
}

Task<> TrainingSteps::take_all(ActiveTraining& active, TrainingWatch& watch)
{
    clear_step_problems(tools_.problems);
    waits_.clear();
    co_await active.wait_for_left_process(); // of an earlier node
    while (active.record.state != TrainerState::ready_for_cleanup) co_await take_next(active, watch);
}

Task<> TrainingSteps::take_next(ActiveTraining& active, TrainingWatch& watch)
{
    auto const& step = step_after(active.record.state);
    active.begin(step.state);
    auto outcome = co_await take_caught(step.state, active, watch);
    co_await active.end_process(tools_.end_grace); // of a step that failed beside it
    co_await settle(active, std::move(outcome), std::string(step.key), step.after);
}

Task<> TrainingSteps::settle(ActiveTraining& active, StepOutcome outcome, std::string key, TrainerState after)
{
    auto& record = active.record;
    bool const is_done = outcome.kind == StepOutcome::Kind::done;
    tools_.problems.set(key, is_done ? std::nullopt : std::optional(outcome.reason));
    if (outcome.kind == StepOutcome::Kind::failed) {
        active.begin(record.state);
        co_await wait_after_failure(std::move(key));
        co_return;
    }
    waits_.erase(key);
    if (!is_done) give_up(record, key, outcome.reason);
    if (!is_done) tools_.problems.set(key, record.reason);
    record.state = is_done ? after : TrainerState::ready_for_cleanup;
    if (is_done) co_await save_for_sure(active); // otherwise the clean-up does, which may have to make room first
    active.begin(record.state);
}

/// What a step throws is a failure of it.
Task<StepOutcome> TrainingSteps::take_caught(TrainerState state, ActiveTraining& active, TrainingWatch& watch)
{
    try {
        co_return co_await take(state, active, watch);
    } catch (boost::system::system_error const& failure) {
        if (failure.code() == asio::error::operation_aborted) throw;
        co_return StepOutcome{StepOutcome::Kind::failed, failure.what()};
    } catch (std::exception const& failure) {
        co_return StepOutcome{StepOutcome::Kind::failed, failure.what()};
    }
}

Task<StepOutcome> TrainingSteps::take(TrainerState state, ActiveTraining& active, TrainingWatch& watch)
{
    switch (state) {
    case TrainerState::data_downloading: return prepare_data(active, tools_);
    case TrainerState::train_model_downloading: return download_base_model(active, tools_);
    case TrainerState::running: return run_training(active, tools_, watch);
    case TrainerState::confusion_matrix_syncing: return sync_last_state(active, tools_);
    case TrainerState::train_model_uploading: return upload_model(active, tools_);
    case TrainerState::detecting: return detect_images(active, tools_);
    case TrainerState::detection_uploading: return upload_detections(active, tools_);
    default: throw std::logic_error("nothing is done in the state " + words_of(state));
    }
}

Task<> TrainingSteps::wait_after_failure(std::string key)
{
    auto const asked = tools_.session.asked_wait();
    auto const wait = waits_.try_emplace(key, tools_.first_wait, tools_.max_wait).first->second.next(asked);
    auto const first = std::min(wait, std::max(tools_.first_wait, asked));
    asio::steady_timer timer(tools_.executor, first);
    co_await timer.async_wait(asio::use_awaitable);
    if (wait > first) co_await pause_.sleep(wait - first);
}

/// A state that is not on the disk was not reached.
Task<> TrainingSteps::save_for_sure(ActiveTraining& active)
{
    Backoff backoff(tools_.first_wait, tools_.max_wait);
    for (;;) {
        auto const saved = co_await active.save();
        tools_.problems.set(std::string(record_problem), saved ? std::nullopt : std::optional(saved.error().message));
        if (saved) co_return;
        co_await pause_.sleep(backoff.next());
    }
}

/// The Loop is told the last state, with what went wrong, before the training is forgotten. One that was given up it
/// would give to a trainer again if it never heard of that: so it has to. Others have left there what they were for.
Task<> TrainingSteps::tell_end(ActiveTraining& active, std::function<Task<bool>()> tell_loop)
{
    auto const& record = active.record;
    if (!record.failed_step.empty()) tools_.problems.set(record.failed_step, record.reason); // also after a restart
    auto const end = std::chrono::steady_clock::now() + patience_with_loop;
    for (;;) {
        bool const is_told = co_await tell_loop();
        bool const is_late = std::chrono::steady_clock::now() >= end;
        if (is_told || (is_late && record.course != TrainingCourse::given_up)) co_return;
        co_await pause_.sleep(std::chrono::seconds(1));
    }
}

/// Without waiting for room on the disk: this makes room. What cannot be removed stays, and is told in the log.
Task<> TrainingSteps::clean_up(ActiveTraining& active, std::function<Task<bool>()> tell_loop)
{
    auto& record = active.record;
    record.state = TrainerState::ready_for_cleanup;
    auto const saved = co_await active.save();
    if (!saved)
        log::warn("{} is to be cleaned up, which is not on the disk: {}", name_of(record), saved.error().message);
    active.begin(record.state);
    co_await tell_end(active, std::move(tell_loop));
    auto set_aside = [folders = active.folders, record] { return set_model_aside(folders, record); };
    Result<void> kept;
    if (record.keeps_model) kept = co_await run_caught(tools_.files, std::move(set_aside));
    if (!kept) log::error("the model of {} cannot be put aside: {}", name_of(record), kept.error().message);
    auto tidy = [folders = active.folders, keep_all = tools_.keep_old_trainings || !kept]() -> Result<void> {
        tidy_training_folder(folders, keep_all);
        return {};
    };
    auto const tidied = co_await run_caught(tools_.files, std::move(tidy));
    if (!tidied) log::warn("files of {} stay: {}", name_of(record), tidied.error().message);
    for (Backoff backoff(tools_.first_wait, tools_.max_wait);;) {
        auto const removed = co_await store_.remove();
        auto const problem = removed ? std::nullopt : std::optional(removed.error().message);
        tools_.problems.set(std::string(record_problem), problem);
        if (removed) co_return;
        co_await pause_.sleep(backoff.next());
    }
}

} // namespace learning_loop
