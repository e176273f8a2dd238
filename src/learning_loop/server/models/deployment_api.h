#pragma once

namespace learning_loop {

namespace http {
class Router;
}
namespace store {
class ModelRepository;
} // namespace store

/// Which model a project's detectors are to run. The parts must outlive the router.
void add_deployment_api(http::Router& router, store::ModelRepository& models);

} // namespace learning_loop
