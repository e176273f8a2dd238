#pragma once

#include "learning_loop/http/api/router.h"
#include "learning_loop/server/models/model_intake.h"
#include "learning_loop/store/image_repository.h"

namespace learning_loop {

/// Makes projects of rendered images. `rendering` has two threads; the parts outlive the router.
void add_generator_api(http::Router& router, store::ProjectRepository& projects, store::ImageRepository& images,
                       ModelIntake& models, Pool& rendering);

} // namespace learning_loop
