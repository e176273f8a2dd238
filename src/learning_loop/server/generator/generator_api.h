#pragma once

namespace learning_loop {

class ModelIntake;
class Pool;
namespace http {
class Router;
}
namespace store {
class ImageRepository;
class ProjectRepository;
} // namespace store

/// Makes projects of rendered images. `rendering` has two threads; the parts must outlive the router.
void add_generator_api(http::Router& router, store::ProjectRepository& projects, store::ImageRepository& images,
                       ModelIntake& models, Pool& rendering);

} // namespace learning_loop
