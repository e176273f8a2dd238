#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/trainer/steps/step_outcome.h"

namespace learning_loop {

class ActiveTraining;
struct StepTools;

/// Downloads and unpacks the model that the training continues, if it continues one. Its `model.json` becomes
/// `base_model.json`. An id that is no UUID means from scratch, with a line in the log.
Task<StepOutcome> download_base_model(ActiveTraining& active, StepTools& tools);

} // namespace learning_loop
