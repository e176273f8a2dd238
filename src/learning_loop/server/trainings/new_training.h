#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/training_list.h"
#include "learning_loop/store/project.h"
#include "learning_loop/store/training_tables.h"

#include <string>

namespace learning_loop {

/// Those of the project's trainings, unless they tell others: what people set or, before that, what every trainer that
/// is known wants.
Hyperparameters default_hyperparameters(store::Project const& project);

/// Errors: unprocessable if there are too many, or one is no number, text or bool, or is very long, or the resolution
/// is no size. The message names it.
Result<void> check_hyperparameters(Hyperparameters const& hyperparameters);

/// A training that waits for a trainer. Errors: unprocessable; the message names the field.
Result<store::TrainingRow> training_from(store::Project const& project, NewTraining wanted, std::string who);

} // namespace learning_loop
