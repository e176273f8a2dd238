#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/data/training.h"
#include "learning_loop/trainer/steps/step_outcome.h"
#include "learning_loop/trainer/training/training_record.h"

#include <string_view>

namespace learning_loop {

class ActiveTraining;
class Problems;
class TrainingWatch;
struct StepTools;

/// A step of a training.
struct TrainingStep {
    TrainerState before;
    TrainerState state; ///< While it goes on.
    TrainerState after;
    std::string_view key; ///< Under which its failures are told.
};

/// The step that follows a state that was reached. Throws std::logic_error if there is none.
TrainingStep const& step_after(TrainerState state);

/// Takes away what is told of the steps.
void clear_step_problems(Problems& problems);

std::string words_of(TrainerState state);
std::string words_of(TrainingCourse course);

} // namespace learning_loop
