#include "learning_loop/trainer/steps/sync_best_state.h"

#include "learning_loop/async/holds_within.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/node/loop_connection.h"
#include "learning_loop/trainer/steps/step_tools.h"
#include "learning_loop/trainer/training/active_training.h"

namespace learning_loop {
namespace {

constexpr std::chrono::seconds ack_patience{60};

TrainingOut told_of(TrainingRecord const& record, BestState const& state, StepTools const& tools)
{
    TrainingOut told;
    told.trainer_id = tools.identity.uuid;
    told.trainer_name = tools.identity.name;
    told.confusion_matrix = state.confusion_matrix;
    told.train_image_count = record.images.train + record.images.val;
    told.test_image_count = record.images.test;
    told.hyperparameters = record.details.hyperparameters;
    for (auto const& [name, value] : state.chosen) told.hyperparameters.try_emplace(name, value);
    auto const skipped = record.images.corrupt + record.images.missing;
    if (skipped > 0) told.hyperparameters.try_emplace("skipped_image_count", skipped);
    told.best_epoch = state.epoch;
    return told;
}

Task<Result<std::optional<BestState>>> find_better_state(ActiveTraining& active, StepTools& tools)
{
    if (auto const wanted = failure_wanted(tools.controls.errors.get_new_model)) co_return *wanted;
    if (!tools.controls.provides_new_models) co_return std::nullopt;
    std::optional<BestState> last;
    if (active.record.best) last = best_state_of(active.folders, *active.record.best);
    if (last && active.passed_over) last->mark = *active.passed_over;
    std::function<Result<std::optional<BestState>>(TrainerLogic&)> find =
        [training = active.view(), last = std::move(last)](TrainerLogic& logic) {
            return logic.find_best_state(training, last);
        };
    co_return co_await tools.logic.call(std::move(find));
}

/// A process that began from scratch makes worse states at first. One that counts nothing takes its newest for the
/// best.
bool is_worse_than_earlier_run(TrainingRecord const& record, BestState const& state)
{
    if (!record.best || !record.best_is_of_earlier_run) return false;
    auto const reached = mean_f1(record.best->confusion_matrix);
    return reached > 0 && mean_f1(state.confusion_matrix) <= reached;
}

Task<Result<void>> tell_loop(TrainingRecord const& record, BestState const& state, StepTools& tools)
{
    auto const told = told_of(record, state, tools);
    auto arguments = socketio::Arguments::of(record.context.organization, record.context.project, told);
    auto const ack = co_await tools.connection.call("update_training", std::move(arguments), ack_patience);
    if (!ack) co_return ack.error();
    if (ack->success) co_return Result<void>();
    co_return Error{Errc::unavailable, "the Loop does not take the new state of the model: " +
                                           printable(ack->error_msg.value_or("it tells no reason"))};
}

void add_score(TrainingRecord& record, BestState const& state)
{
    ++record.states_published;
    auto const epoch = state.epoch ? static_cast<double>(*state.epoch) : static_cast<double>(record.states_published);
    record.scores.push_back({epoch, mean_f1(state.confusion_matrix)});
    if (record.scores.size() > TrainingRecord::max_scores) // the first one stays, to show where it began
        record.scores.erase(record.scores.begin() + 1);
}

} // namespace

Task<StepOutcome> sync_best_state(ActiveTraining& active, StepTools& tools)
{
    if (active.is_syncing) co_return StepOutcome(); // a test looks, too
    active.is_syncing = true;
    struct Syncing {
        bool& is_syncing;
        ~Syncing() { is_syncing = false; }
    } const syncing{active.is_syncing};
    if (!tools.connection.is_connected())
        co_return step_failed({Errc::unavailable, "there is no connection to the Loop"});
    auto const found = co_await find_better_state(active, tools);
    if (!found) co_return step_refused(found.error());
    if (!*found) co_return StepOutcome();
    auto const& state = **found;
    auto& record = active.record;
    if (is_worse_than_earlier_run(record, state)) {
        active.passed_over = state.mark;
        co_return StepOutcome();
    }
    auto const folder = std::to_string(record.states_published + 1);
    auto keep = [folders = active.folders, state, folder] { return keep_best_files(folders, state, folder); };
    auto kept = co_await run_caught(tools.files, std::move(keep));
    if (!kept) co_return step_refused(kept.error());
    auto const told = co_await tell_loop(record, state, tools);
    if (!told) co_return step_failed(told.error());
    record.best = std::move(*kept);
    record.best_is_of_earlier_run = false;
    active.passed_over.reset();
    add_score(record, state);
    auto const saved = co_await active.save();
    if (!saved) co_return step_failed(saved.error());
    auto tidy = [folders = active.folders, folder]() -> Result<void> {
        remove_best_files_but(folders, folder);
        return {};
    };
    auto const tidied = co_await run_caught(tools.files, std::move(tidy));
    if (!tidied) log::warn("files of an older state stay: {}", tidied.error().message);
    co_return StepOutcome();
}

Task<StepOutcome> sync_last_state(ActiveTraining& active, StepTools& tools)
{
    auto nobody_looks = [&active] { return !active.is_syncing; }; // for a test
    (void)co_await holds_within(std::move(nobody_looks), 2 * ack_patience);
    auto synced = co_await sync_best_state(active, tools);
    if (synced.kind != StepOutcome::Kind::given_up || !active.record.best) co_return synced;
    log::warn("{}: the state before the last one is taken: {}", name_of(active.record), synced.reason);
    co_return StepOutcome();
}

} // namespace learning_loop
