#pragma once

#include "learning_loop/node/settings.h"

#include <optional>
#include <string>

namespace learning_loop {

/// Reads flags, environment and settings file of a converter node over the defaults; see `read_settings`. `name` is the
/// program's name and the node's default name.
Result<std::optional<NodeSettings>> read_converter_settings(std::string const& name, Invocation const& start);

/// The section of docs/settings.md on converters.
std::string converter_settings_section();

} // namespace learning_loop
