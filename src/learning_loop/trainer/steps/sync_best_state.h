#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/trainer/steps/step_outcome.h"

namespace learning_loop {

class ActiveTraining;
struct StepTools;

/// Looks for a state that is better than the last one, keeps its files and tells the Loop. It is the one to upload from
/// then on, once the Loop has taken it. Nothing new is no failure.
Task<StepOutcome> sync_best_state(ActiveTraining& active, StepTools& tools);

/// The same once the process has ended. If the logic or its files are wrong, the state before is the one to upload;
/// without one the training is given up.
Task<StepOutcome> sync_last_state(ActiveTraining& active, StepTools& tools);

} // namespace learning_loop
