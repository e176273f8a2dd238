#pragma once

#include "learning_loop/settings/environment.h"

#include <filesystem>
#include <string>

namespace learning_loop {

/// `$XDG_STATE_HOME/learning-loop/<program>`, where a person's programs keep their state; empty if neither
/// XDG_STATE_HOME nor HOME is set.
std::filesystem::path state_folder(std::string const& program, Environment const& environment);

/// Where a node keeps its state unless told otherwise: `/data` in a container that has this folder,
/// `/var/lib/learning-loop/<program>` for a service, `$XDG_STATE_HOME/learning-loop/<program>` for a person.
std::filesystem::path default_data_folder(std::string const& program, Environment const& environment);

/// The same, with that folder for a service.
std::filesystem::path default_data_folder(std::string const& program, Environment const& environment,
                                          std::filesystem::path const& of_service);

} // namespace learning_loop
