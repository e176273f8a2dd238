#pragma once

namespace learning_loop {

namespace http {
class Router;
}
namespace store {
class ProjectRepository;
}

/// How the images of a project are split into those for training, tests and validation. The repository must outlive the
/// router.
void add_split_api(http::Router& router, store::ProjectRepository& projects);

} // namespace learning_loop
