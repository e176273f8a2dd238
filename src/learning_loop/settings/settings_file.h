#pragma once

#include "learning_loop/base/error.h"

#include <boost/json/object.hpp>

#include <filesystem>

namespace learning_loop {

/// The values of a settings file by key: one JSON object, in which `//` comments and a comma too many are fine. Errors:
/// invalid_argument if it cannot be read, is longer than 1 MiB or not such an object; the message names the line that
/// is wrong, but neither the file nor its content.
Result<boost::json::object> read_settings_file(std::filesystem::path const& file);

} // namespace learning_loop
