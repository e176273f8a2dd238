#pragma once

namespace learning_loop {

class ModelIntake;
namespace http {
class Router;
}
namespace store {
class ModelRepository;
} // namespace store

/// Models come in and go out. The parts must outlive the router.
void add_model_api(http::Router& router, store::ModelRepository& models, ModelIntake& intake);

} // namespace learning_loop
