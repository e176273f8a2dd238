#pragma once

#include "learning_loop/http/api/router.h"
#include "learning_loop/store/detector_repository.h"
#include "learning_loop/store/model_repository.h"

namespace learning_loop {

/// Which model a project's detectors are to run, and what they report. The parts outlive the router.
void add_deployment_api(http::Router& router, store::ProjectRepository& projects, store::ModelRepository& models,
                        store::DetectorRepository& detectors);

} // namespace learning_loop
