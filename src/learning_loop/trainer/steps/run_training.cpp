#include "learning_loop/trainer/steps/run_training.h"

#include "learning_loop/base/log.h"
#include "learning_loop/node/problems.h"
#include "learning_loop/trainer/process/log_tail.h"
#include "learning_loop/trainer/process/process_wait.h"
#include "learning_loop/trainer/steps/prepare_command.h"
#include "learning_loop/trainer/steps/step_tools.h"
#include "learning_loop/trainer/steps/sync_best_state.h"
#include "learning_loop/trainer/training/active_training.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace learning_loop {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::milliseconds look_interval{1000};
constexpr std::chrono::milliseconds retry_interval{250};
constexpr int seconds_between_syncs = 5;
constexpr int max_seconds_between_syncs = 300;
constexpr std::uint64_t earlier_log_bytes = 64 * 1024; // of an earlier process
constexpr int max_log_reads = 16;                      // a mebibyte each
constexpr int tries_to_start = 20;                     // while one of an earlier node is being ended

/// Every other one, but the last.
void thin_out(std::vector<TrainingWatch::Point>& points)
{
    std::size_t kept = 0;
    for (std::size_t i = 0; i < points.size(); i += 2) points[kept++] = points[i];
    points.resize(kept);
}

struct CommandToRun {
    Command command;
    bool begins_anew = false; ///< Although a process has run before.
};

/// The process that goes on, or else the one that begins.
Result<CommandToRun> find_command(TrainerLogic& logic, Training const& training, bool has_run)
{
    if (has_run) {
        auto resumed = logic.resume(training);
        if (!resumed) return resumed.error();
        if (*resumed) return CommandToRun{std::move(**resumed)};
    }
    auto begun = logic.start(training);
    if (!begun) return begun.error();
    return CommandToRun{std::move(*begun), has_run};
}

class TrainingRun {
public:
    TrainingRun(ActiveTraining& active, StepTools& tools, TrainingWatch& watch);

    Task<StepOutcome> run();

private:
    Task<StepOutcome> start();
    Task<> look(int seconds);
    Task<> read_progress();
    Task<StepOutcome> judge(ProcessEnd end);

    ActiveTraining& active_;
    StepTools& tools_;
    TrainingWatch& watch_;
    LogTail log_;
    int look_wait_ = seconds_between_syncs;
    int next_look_ = seconds_between_syncs; ///< Since the process began.
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

TrainingRun::TrainingRun(ActiveTraining& active, StepTools& tools, TrainingWatch& watch)
    : active_(active), tools_(tools), watch_(watch), log_(active.folders.log)
{}

Task<StepOutcome> TrainingRun::run()
{
    if (active_.record.course == TrainingCourse::stopped) co_return StepOutcome(); // before this process was born
    auto started = co_await start();
    if (started.kind != StepOutcome::Kind::done || !active_.process)
        co_return started; // it was stopped before it began
    if (active_.record.course == TrainingCourse::stopped) active_.process->stop(tools_.stop_grace);
    for (int seconds = 1;; ++seconds) {
        auto const end = co_await wait_for_process(*active_.process, look_interval);
        co_await read_progress();
        if (end) co_return co_await judge(*end);
        if (auto const wanted = failure_wanted(tools_.controls.errors.crash_training)) co_return step_failed(*wanted);
        if (seconds >= next_look_) co_await look(seconds);
    }
}

Task<StepOutcome> TrainingRun::start()
{
    std::function<Result<CommandToRun>(TrainerLogic&)> find = [this, training = active_.view(),
                                                               has_run = active_.record.has_run](TrainerLogic& logic) {
        log_.skip_to_last(earlier_log_bytes);
        return find_command(logic, training, has_run);
    };
    auto found = co_await tools_.logic.call(std::move(find));
    if (!found) co_return step_refused(found.error());
    auto& command = found->command;
    prepare_command(command, tools_);
    active_.record.has_run = true;
    if (found->begins_anew) active_.record.best_is_of_earlier_run = active_.record.best.has_value();
    auto const saved = co_await active_.save();
    if (!saved) co_return step_failed(saved.error());
    asio::steady_timer timer(tools_.executor);
    for (int tries = 1;; ++tries) {
        if (active_.record.course == TrainingCourse::stopped) co_return StepOutcome();
        ProcessPlace const place{active_.folders.training, active_.folders.log};
        active_.process = std::make_unique<GuardedProcess>(tools_.executor, place);
        auto const started = co_await active_.process->start(command);
        if (started) co_return StepOutcome();
        if (started.error().code != Errc::unavailable || tries == tries_to_start)
            co_return step_failed(started.error());
        timer.expires_after(retry_interval);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

/// What goes wrong is tried again later and later: a state may be large, and is copied each time.
Task<> TrainingRun::look(int seconds)
{
    auto const synced = co_await sync_best_state(active_, tools_);
    bool const is_done = synced.kind == StepOutcome::Kind::done;
    look_wait_ = is_done ? seconds_between_syncs : std::min(2 * look_wait_, max_seconds_between_syncs);
    next_look_ = seconds + look_wait_;
    tools_.problems.set("sync_confusion_matrix", is_done ? std::nullopt : std::optional(synced.reason));
    if (is_done) tools_.problems.set("run_training", std::nullopt); // it runs, whatever was before
}

Task<> TrainingRun::read_progress()
{
    std::function<Result<TrainingProgress>(TrainerLogic&)> read = [this,
                                                                   training = active_.view()](TrainerLogic& logic) {
        for (int i = 0; i < max_log_reads && !log_.read_new().empty(); ++i) {
        }
        bound_log(active_.folders.log, active_.folders.older_log);
        return Result<TrainingProgress>(logic.progress(training));
    };
    auto const progress = co_await tools_.logic.call(std::move(read));
    watch_.last_lines.assign(log_.last().begin(), log_.last().end());
    if (!progress) {
        log::warn("the trainer's logic does not tell its progress: {}", progress.error().message);
        co_return;
    }
    active_.set_progress(progress->fraction);
    auto const so_far = std::chrono::steady_clock::now() - begun_;
    watch_.add(*progress, std::chrono::duration<double>(so_far).count());
}

Task<StepOutcome> TrainingRun::judge(ProcessEnd end)
{
    bool const was_stopped = active_.record.course == TrainingCourse::stopped;
    if (was_stopped || end.is_success()) co_return StepOutcome();
    auto lines = joined_lines(log_.last());
    std::function<Result<std::string>(TrainerLogic&)> explain = [training = active_.view(), end,
                                                                 lines](TrainerLogic& logic) -> Result<std::string> {
        if (auto words = logic.explain_failure(training, lines)) return std::move(*words);
        return explain_end(end, lines);
    };
    auto const why = co_await tools_.logic.call(std::move(explain));
    co_return StepOutcome{StepOutcome::Kind::failed, why ? *why : explain_end(end, lines)};
}

} // namespace

void TrainingWatch::add(TrainingProgress const& progress, double seconds)
{
    has_epochs_ = has_epochs_ || progress.epoch.has_value();
    auto const x = progress.epoch.value_or(seconds);
    for (auto const& [name, value] : progress.metrics) {
        if (!curves_.contains(name) && curves_.size() == max_metrics) continue;
        auto& points = curves_[name];
        if (!points.empty() && points.back().x == x) points.back().y = value;
        else points.push_back({x, value});
        if (points.size() > max_points) thin_out(points);
    }
}

Task<StepOutcome> run_training(ActiveTraining& active, StepTools& tools, TrainingWatch& watch)
{
    TrainingRun run(active, tools, watch);
    co_return co_await run.run();
}

} // namespace learning_loop
