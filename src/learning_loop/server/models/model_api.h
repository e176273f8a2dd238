#pragma once

#include "learning_loop/http/api/router.h"
#include "learning_loop/server/models/model_intake.h"

namespace learning_loop {

/// Models come in and go out. The parts outlive the router.
void add_model_api(http::Router& router, store::ProjectRepository& projects, store::ModelRepository& models,
                   ModelIntake& intake);

} // namespace learning_loop
