#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/http/message.h"
#include "learning_loop/store/project.h"

#include <string>

namespace learning_loop {

// not_found, with the remedy.
Error no_model(store::Project const& project, std::string const& id);
Error no_deployment_target(store::Project const& project);
Error no_earlier_target(store::Project const& project);

/// 409 with `{"detail": {"id", "message"}}`: nodes take the model of that id for uploaded and go on.
http::Response model_conflict(std::string const& id, Error const& conflict);

} // namespace learning_loop
