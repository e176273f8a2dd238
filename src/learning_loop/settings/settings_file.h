#pragma once

#include "learning_loop/base/error.h"

#include <boost/json/object.hpp>

#include <filesystem>

namespace learning_loop {

/// The values of a settings file by key: one JSON object, in which `//` comments and a comma too many are fine.
/// The error tells what is wrong with it, with the line of what is no JSON, but not its name or content.
Result<boost::json::object> read_settings_file(std::filesystem::path const& file);

} // namespace learning_loop
