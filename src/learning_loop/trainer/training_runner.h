#pragma once

#include "learning_loop/async/interruptible.h"
#include "learning_loop/async/pause.h"
#include "learning_loop/data/node_ack.h"
#include "learning_loop/trainer/steps/run_training.h"
#include "learning_loop/trainer/steps/step_tools.h"
#include "learning_loop/trainer/training/active_training.h"
#include "learning_loop/trainer/training/training_slot.h"
#include "learning_loop/trainer/training_steps.h"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace learning_loop {

/// A training that has ended, for people.
struct EndedTraining {
    std::string name;
    TrainingCourse course;
    std::string reason; ///< Why it was given up.
    std::string ended;  ///< In UTC.
};

/// Leads the trainings of a node, one at a time, from state to state. Each state that was reached is on the disk: after
/// a crash the training goes on from there. To be used on the io thread.
class TrainingRunner {
public:
    static constexpr std::size_t max_ended = 20;
    static constexpr std::string_view slot_problem = "training_slot"; ///< The slot's file cannot be had.

    /// `tell_loop` waits until the Loop has been told how things are, or cannot be, and says which; `ended` is called
    /// after a training. Takes over the training that an earlier process has left. Blocks.
    TrainingRunner(StepTools& tools, TrainingStore& store, TrainingSlot& slot, std::filesystem::path data_folder,
                   std::function<void()> changed, std::function<Task<bool>()> tell_loop, std::function<void()> ended);

    Task<> run(); ///< Until it is cancelled.

    /// Ends the process that trains, since the node ends; the training goes on later. Returns whether it has ended.
    Task<bool> stop_process();

    // What the Loop asks for. All of it answers as an ack.
    Task<Result<NodeAck>> begin(std::string organization, std::string project, boost::json::value details);
    Task<Result<NodeAck>> stop();
    Task<Result<NodeAck>> abort(); ///< Answers when everything has ended.

    void wake(); ///< The Loop is there again: what waits for it is tried soon.

    TrainerState state() const;
    ActiveTraining const* active() const { return active_.get(); } ///< nullptr: there is none.
    TrainingWatch const& watch() const { return watch_; }
    std::deque<EndedTraining> const& ended() const { return ended_; } ///< The last one first.
    std::chrono::steady_clock::time_point idle_since() const { return idle_since_; }
    std::chrono::duration<double> uptime() const; ///< Of the training, also across restarts.

    // For tests; see test_controls.h. Errors: conflict if no process runs.
    Task<Result<void>> look_for_new_models(int count);
    Task<Result<void>> kill_process();

private:
    struct Accepting;

    Task<Result<NodeAck>> accept(Context context, TrainingDetails details);
    Task<> wait_for_training();
    Task<> lead();
    Task<bool> take_slot_and_steps();
    Task<> take_slot();
    void finish();
    void let_go();     ///< Of the training and of the slot.
    bool runs() const; ///< A process does.
    std::string slot_purpose(TrainingRecord const& record) const;

    StepTools& tools_;
    TrainingStore& store_;
    TrainingSlot& slot_;
    std::filesystem::path data_folder_;
    std::function<void()> changed_;
    std::function<Task<bool>()> tell_loop_;
    std::function<void()> on_end_;
    std::unique_ptr<ActiveTraining> active_;
    bool is_accepting_ = false;
    bool is_ending_ = false;  ///< The program is about to end.
    int looks_for_tests_ = 0; ///< That go on.
    bool is_blocked_ = false; ///< A sibling had the slot when it was looked at last.
    TrainingWatch watch_;
    TrainingSteps steps_;
    std::deque<EndedTraining> ended_;
    std::chrono::steady_clock::time_point idle_since_ = std::chrono::steady_clock::now();
    Interruptible interruptible_; ///< What an abort ends.
    Pause begun_;
    boost::asio::steady_timer over_; ///< Never expires; cancelled when a training is over.
};

} // namespace learning_loop
