#pragma once

#include "learning_loop/trainer/trainer_settings.h"

#include <filesystem>
#include <optional>
#include <string>

namespace learning_loop {

/// What `learning-loop trainer` is told.
struct CommandTrainerSettings : TrainerSettings {
    std::filesystem::path command; ///< The trainer file.
    bool check = false;            ///< Only tells what the file says.
};
BOOST_DESCRIBE_STRUCT(CommandTrainerSettings, (TrainerSettings), (command, check))

/// Reads flags, environment and settings file over the defaults; see `read_settings`. nullopt also after `--check`,
/// which prints the commands of the file. Errors: also invalid_argument if the trainer file is wrong.
Result<std::optional<CommandTrainerSettings>> read_command_trainer_settings(Invocation const& start);

/// The section of docs/settings.md on `learning-loop trainer`.
std::string command_trainer_settings_section();

} // namespace learning_loop
