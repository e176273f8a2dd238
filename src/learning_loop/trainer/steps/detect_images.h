#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/trainer/steps/step_outcome.h"

namespace learning_loop {

class ActiveTraining;
struct StepTools;

/// Has the new model look at all images of the project that are not in the backlog or the trash: it is downloaded again
/// as the Loop has it, with the images that are missing. What it finds is kept image by image, so that nothing is
/// looked at twice after a crash. Of its progress the downloads are the first half.
Task<StepOutcome> detect_images(ActiveTraining& active, StepTools& tools);

} // namespace learning_loop
