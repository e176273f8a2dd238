#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/trainer/steps/step_outcome.h"

namespace learning_loop {

class ActiveTraining;
struct StepTools;

/// Brings what the new model has found to the Loop, 100 images at a time. The record knows after each how far it came.
Task<StepOutcome> upload_detections(ActiveTraining& active, StepTools& tools);

} // namespace learning_loop
