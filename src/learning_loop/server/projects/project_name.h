#pragma once

#include "learning_loop/base/error.h"

#include <string>

// The names that a new project may have.

namespace learning_loop {

/// Returns the id of a project of that name: the same in lower case. Errors: unprocessable if it is none; the message
/// begins with `project_name`.
Result<std::string> project_id_from(std::string const& project_name);

/// Errors: unprocessable if that is no id of an organization; the message begins with `organization`.
Result<void> check_organization(std::string const& id);

} // namespace learning_loop
