#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/store/project.h"

#include <string>

namespace learning_loop {

// not_found, with the remedy.
Error no_model(store::Project const& project, std::string const& id);
Error no_deployment_target(store::Project const& project);

} // namespace learning_loop
