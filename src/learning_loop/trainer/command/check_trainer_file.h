#pragma once

#include "learning_loop/trainer/command/command_template.h"
#include "learning_loop/trainer/command/trainer_file.h"

namespace learning_loop {

/// What must fit together in a trainer file. Errors: invalid_argument; the fault names the path of the value.
Result<void> check_trainer_file(TrainerFile const& file);

/// Whether it says how a model of the Loop is continued: by a command `train_from_base`, or by the placeholder
/// `{base_model}` in `train`.
bool can_continue_models(TrainerFile const& file);

/// Values for a command as `--check` shows it: made up, but for the hyperparameters, which have their defaults.
/// `command`: its key in [commands].
PlaceholderValues sample_values(TrainerFile const& file, std::string_view command);

} // namespace learning_loop
