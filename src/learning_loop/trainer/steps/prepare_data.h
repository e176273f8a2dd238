#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/trainer/steps/step_outcome.h"

namespace learning_loop {

class ActiveTraining;
struct StepTools;

/// Makes the training's folder, removes those of older ones unless they are kept, and downloads what it learns from.
Task<StepOutcome> prepare_data(ActiveTraining& active, StepTools& tools);

} // namespace learning_loop
