#include "learning_loop/trainer/training_runner.h"

#include "learning_loop/async/holds_within.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/node/problems.h"
#include "learning_loop/trainer/steps/sync_best_state.h"
#include "learning_loop/trainer/steps/training_states.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace learning_loop {
namespace asio = boost::asio;
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds second{1000};

NodeAck refused(std::string why)
{
    return {false, std::move(why), boost::json::string("refused")};
}

/// They become names of folders and parts of paths.
Result<void> check_context(Context const& context)
{
    if (is_name(context.organization) && is_name(context.project)) return {};
    return Error{Errc::invalid_argument, "'" + printable(context.organization) + "/" + printable(context.project) +
                                             "' names no organization and project"};
}

Error not_running()
{
    return {Errc::conflict, "trainer is not running"};
}

TrainingRecord record_of(Context context, TrainingDetails details)
{
    TrainingRecord record;
    record.id = new_uuid();
    record.context = std::move(context);
    record.details = std::move(details);
    auto const now = std::chrono::system_clock::now().time_since_epoch();
    record.begun_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    return record;
}

} // namespace

TrainingRunner::TrainingRunner(StepTools& tools, TrainingStore& store, TrainingSlot& slot,
                               std::filesystem::path data_folder, std::function<void()> changed,
                               std::function<Task<bool>()> tell_loop, std::function<void()> ended)
    : tools_(tools),
      store_(store),
      slot_(slot),
      data_folder_(std::move(data_folder)),
      changed_(std::move(changed)),
      tell_loop_(std::move(tell_loop)),
      on_end_(std::move(ended)),
      steps_(tools, store),
      begun_(tools.executor),
      over_(tools.executor, asio::steady_timer::time_point::max())
{
    auto left = store_.load();
    tools_.problems.set(std::string(TrainingSteps::record_problem), store_.problem());
    if (!left) return;
    log::info("{} goes on from the state {}", name_of(*left), words_of(left->state));
    active_ = std::make_unique<ActiveTraining>(std::move(*left), data_folder_, store_, changed_);
}

TrainerState TrainingRunner::state() const
{
    if (!active_) return is_blocked_ ? TrainerState::blocked : TrainerState::idle;
    return slot_.is_held() ? active_->state() : TrainerState::waiting_for_slot;
}

bool TrainingRunner::runs() const
{
    return active_ && active_->process && active_->process->is_running();
}

std::chrono::duration<double> TrainingRunner::uptime() const
{
    if (!active_) return {};
    std::chrono::duration<double> const uptime = std::chrono::system_clock::now() - begin_of(active_->record);
    return std::max(uptime, uptime.zero()); // a clock that was set back
}

std::string TrainingRunner::slot_purpose(TrainingRecord const& record) const
{
    return "node " + tools_.identity.uuid + ", " + name_of(record);
}

// ---------------------------------------------------------------------------------------------- what the Loop asks for

/// While a training is accepted. Unless that went well there is none, whatever was in the way.
struct TrainingRunner::Accepting {
    explicit Accepting(TrainingRunner& runner_) : runner(runner_) { runner.is_accepting_ = true; }
    ~Accepting()
    {
        runner.is_accepting_ = false;
        if (!has_training) runner.let_go();
        runner.changed_();
        runner.begun_.wake();
    }
    Accepting(Accepting const&) = delete;
    Accepting& operator=(Accepting const&) = delete;

    TrainingRunner& runner;
    bool has_training = false;
};

Task<Result<NodeAck>> TrainingRunner::begin(std::string organization, std::string project, boost::json::value details)
{
    if (auto const wanted = failure_wanted(tools_.controls.errors.begin_training)) co_return *wanted;
    if (is_ending_) co_return refused("the trainer ends, as RESTART_AFTER_TRAINING wants it");
    if (active_) co_return refused("training " + active_->record.id + " is still active");
    if (is_accepting_) co_return refused("another training is being accepted");
    auto read = from_json<TrainingDetails>(details);
    if (!read) co_return read.error();
    Context context{std::move(organization), std::move(project)};
    if (auto const checked = check_context(context); !checked) co_return checked.error();
    Accepting accepting(*this);
    auto accepted = co_await accept(std::move(context), std::move(*read));
    accepting.has_training = accepted && accepted->success;
    co_return accepted;
}

/// Once it is on the disk the training is not forgotten.
Task<Result<NodeAck>> TrainingRunner::accept(Context context, TrainingDetails details)
{
    auto record = record_of(std::move(context), std::move(details));
    auto const claimed = co_await slot_.claim(slot_purpose(record));
    if (!claimed && claimed.error().code == Errc::conflict)
        co_return refused("the training slot is held by " + claimed.error().message);
    if (!claimed) co_return claimed.error();
    // From now on this trainer is not idle: a Loop that was told so meanwhile would give the training to another one.
    active_ = std::make_unique<ActiveTraining>(std::move(record), data_folder_, store_, changed_);
    auto const saved = co_await active_->save();
    if (!saved) co_return Error{saved.error().code, "the training cannot be noted: " + saved.error().message};
    log::info("{} begins, as {}", name_of(active_->record), active_->record.id);
    watch_ = {};
    co_return NodeAck();
}

Task<Result<NodeAck>> TrainingRunner::stop()
{
    if (!active_ || active_->state() != TrainerState::running) co_return NodeAck(); // as peers since 0.27
    if (!runs() && !active_->record.best) co_return co_await abort();               // it has not begun
    log::info("{} is stopped", name_of(active_->record));
    active_->record.course = TrainingCourse::stopped;
    if (runs()) active_->process->stop(tools_.stop_grace);
    auto const saved = co_await active_->save();
    if (!saved) log::warn("that the training was stopped is not on the disk: {}", saved.error().message);
    co_return NodeAck();
}

Task<Result<NodeAck>> TrainingRunner::abort()
{
    auto nobody_claims = [this] { return active_ || !is_accepting_; };
    (void)co_await holds_within(std::move(nobody_claims), second); // what has just been asked for is meant, too
    if (!active_) co_return NodeAck();
    auto const id = active_->record.id;
    active_->record.course = TrainingCourse::aborted;
    log::info("{} is aborted", name_of(active_->record));
    if (runs()) active_->process->stop(tools_.end_grace); // also while the logic is at work
    interruptible_.interrupt();
    while (active_ && active_->record.id == id) co_await over_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return NodeAck();
}

void TrainingRunner::wake()
{
    steps_.wake();
}

// ---------------------------------------------------------------------------------------------------------- its course

Task<> TrainingRunner::run()
{
    for (;;) {
        co_await wait_for_training();
        co_await lead();
    }
}

/// Whether a sibling has the slot is looked at meanwhile.
Task<> TrainingRunner::wait_for_training()
{
    while (!active_ || is_accepting_) {
        bool const is_blocked = slot_.find_sibling().has_value();
        if (std::exchange(is_blocked_, is_blocked) != is_blocked) changed_();
        co_await begun_.sleep(second);
    }
}

/// Through all states, or as far as it goes.
Task<> TrainingRunner::lead()
{
    if (active_->record.course != TrainingCourse::aborted) (void)co_await interruptible_.run(take_slot_and_steps());
    auto nobody_looks = [this] { return looks_for_tests_ == 0; };
    (void)co_await holds_within(std::move(nobody_looks), std::chrono::hours(1));
    co_await active_->end_process(tools_.end_grace);
    co_await steps_.clean_up(*active_, tell_loop_);
    is_ending_ = tools_.ends_after_training;
    finish();
    (void)co_await tell_loop_();
    on_end_();
}

Task<bool> TrainingRunner::take_slot_and_steps()
{
    co_await take_slot();
    co_await steps_.take_all(*active_, watch_);
    co_return true;
}

/// A training that was left by an earlier process may have to wait for a sibling.
Task<> TrainingRunner::take_slot()
{
    if (slot_.is_held()) co_return;
    auto const purpose = slot_purpose(active_->record);
    for (bool is_told = false;;) {
        auto const claimed = co_await slot_.claim(purpose);
        bool const is_taken = !claimed && claimed.error().code == Errc::conflict;
        auto const problem = claimed || is_taken ? std::nullopt : std::optional(claimed.error().message);
        tools_.problems.set(std::string(slot_problem), problem);
        if (claimed) break;
        if (!std::exchange(is_told, true)) {
            log::info("{} waits for the training slot: {}", name_of(active_->record), claimed.error().message);
            changed_();
        }
        co_await begun_.sleep(second);
    }
    changed_();
}

void TrainingRunner::finish()
{
    auto const& record = active_->record;
    bool const goes_well = record.course == TrainingCourse::goes_on || record.course == TrainingCourse::stopped;
    auto const course = goes_well ? TrainingCourse::done : record.course;
    log::info("{} is over: {}", name_of(record), words_of(course));
    ended_.push_front({name_of(record), course, record.reason, timestamp_now()});
    if (ended_.size() > max_ended) ended_.pop_back();
    watch_.last_scores = record.scores;
    clear_step_problems(tools_.problems);
    let_go();
    changed_();
}

void TrainingRunner::let_go()
{
    active_.reset();
    slot_.release();
    tools_.problems.set(std::string(slot_problem), std::nullopt);
    idle_since_ = Clock::now();
    over_.cancel();
}

// ---------------------------------------------------------------------------------------------------------- for tests

Task<Result<void>> TrainingRunner::look_for_new_models(int count)
{
    if (!runs()) co_return not_running();
    struct Looking {
        int& looks;
        bool& provides;
        bool provided = std::exchange(provides, true);
        ~Looking()
        {
            --looks;
            provides = provided;
        }
    } const looking{++looks_for_tests_, tools_.controls.provides_new_models};
    for (int i = 0; i < count && runs(); ++i) (void)co_await interruptible_.run(sync_best_state(*active_, tools_));
    co_return Result<void>();
}

Task<Result<void>> TrainingRunner::kill_process()
{
    if (!runs()) co_return not_running();
    active_->process->stop(std::chrono::milliseconds(0)); // counts as a crash, since nobody has stopped the training
    co_return Result<void>();
}

Task<bool> TrainingRunner::stop_process()
{
    if (!active_) co_return true;
    co_return co_await active_->stop_process(tools_.end_grace);
}

} // namespace learning_loop
