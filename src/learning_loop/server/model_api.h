#pragma once

#include "learning_loop/net/http/router.h"
#include "learning_loop/server/model_intake.h"

namespace learning_loop {

/// Models come in and go out. The parts outlive the router.
void add_model_api(http::Router& router, store::ProjectRepository& projects, store::ModelRepository& models,
                   ModelIntake& intake);

} // namespace learning_loop
