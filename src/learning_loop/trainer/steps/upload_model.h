#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/trainer/steps/step_outcome.h"

namespace learning_loop {

class ActiveTraining;
struct StepTools;

/// Uploads the best state in all formats that the Loop does not have yet. The record knows after each what the Loop
/// has. A format that is stored already counts as uploaded.
Task<StepOutcome> upload_model(ActiveTraining& active, StepTools& tools);

} // namespace learning_loop
