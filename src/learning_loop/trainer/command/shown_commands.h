#pragma once

#include "learning_loop/trainer/command/trainer_file.h"

#include <filesystem>
#include <string>

namespace learning_loop {

/// The commands of a trainer file, for people: as a shell would take them, with the variables in front, their values
/// made up but for the hyperparameters, which have their defaults. `here`: the folder of the file.
std::string shown_commands(TrainerFile const& file, std::filesystem::path const& here);

} // namespace learning_loop
