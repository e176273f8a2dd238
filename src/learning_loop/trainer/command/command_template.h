#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/trainer/process/command.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

// Commands of a trainer file: arguments with placeholders, as `{dataset}`.

namespace learning_loop {

/// What placeholders stand for, by their names without braces.
using PlaceholderValues = std::map<std::string, std::string>;

/// The variable with the value of a placeholder: `LL_DATASET`, `LL_HYPERPARAMETER_EPOCHS`.
std::string placeholder_variable(std::string_view placeholder);

/// The command with the values in place, which are in its environment, too. `{{` and `}}` stand for braces. A program
/// for a shell, which stands behind its `-c`, stays as it is. Errors: invalid_argument for a placeholder without a
/// value, a single brace, and a placeholder in a program for a shell, which would make a program of the value; the
/// message begins with `[2]: `, the place in the list.
Result<Command> fill_command(std::vector<std::string> const& arguments, PlaceholderValues const& values);

} // namespace learning_loop
