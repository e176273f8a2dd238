#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/store/image_repository.h"

namespace learning_loop {

/// Images come in here. `checking` reads and hashes what arrives; the parts outlive the router.
void add_image_api(http::Router& router, store::ProjectRepository& projects, store::ImageRepository& images,
                   Pool& checking);

} // namespace learning_loop
