#pragma once

#include "learning_loop/http/api/router.h"
#include "learning_loop/store/image_repository.h"

namespace learning_loop {

/// What there is: projects, their categories, their images. The parts outlive the router.
void add_project_api(http::Router& router, store::ProjectRepository& projects, store::ImageRepository& images);

} // namespace learning_loop
