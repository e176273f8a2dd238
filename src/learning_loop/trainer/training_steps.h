#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/retry.h"
#include "learning_loop/trainer/steps/step_outcome.h"
#include "learning_loop/trainer/steps/step_tools.h"

#include <functional>
#include <map>
#include <string>

namespace learning_loop {

class ActiveTraining;
class TrainingStore;
class TrainingWatch;

/// Leads a training from state to state, to its end. Each state that was reached is on the disk. A step that fails is
/// tried again from the state before it, after 5 s, doubling up to 5 minutes; what went wrong is the problem that the
/// protocol names. To be used on the io thread.
class TrainingSteps {
public:
    static constexpr std::string_view record_problem = "training_record"; ///< The record cannot be kept.

    TrainingSteps(StepTools& tools, TrainingStore& store);

    /// From the state that was reached last until nothing is left to do but to clean up.
    Task<> take_all(ActiveTraining& active, TrainingWatch& watch);

    /// Tells the Loop the last state, with what went wrong, tidies the training's folder and forgets the record.
    /// `tell_loop` says whether it was told.
    Task<> clean_up(ActiveTraining& active, std::function<Task<bool>()> tell_loop);

    void wake(); ///< The Loop is there again: the rest of a long wait is left out.

private:
    Task<> take_next(ActiveTraining& active, TrainingWatch& watch);
    Task<StepOutcome> take_caught(TrainerState state, ActiveTraining& active, TrainingWatch& watch);
    Task<StepOutcome> take(TrainerState state, ActiveTraining& active, TrainingWatch& watch);
    Task<> settle(ActiveTraining& active, StepOutcome outcome, std::string key, TrainerState after);
    Task<> tell_end(ActiveTraining& active, std::function<Task<bool>()> tell_loop);
    Task<> wait_after_failure(std::string key);
    Task<> save_for_sure(ActiveTraining& active);

    StepTools& tools_;
    TrainingStore& store_;
    std::map<std::string, Backoff> waits_; ///< By the step that failed.
    Pause pause_;
};

} // namespace learning_loop
