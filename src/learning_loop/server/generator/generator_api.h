#pragma once

namespace learning_loop {

struct GeneratorParts;
namespace http {
class Router;
}
namespace store {
class ProjectRepository;
}

/// Makes projects of rendered images. The parts must outlive the router.
void add_generator_api(http::Router& router, store::ProjectRepository& projects, GeneratorParts const& parts);

} // namespace learning_loop
