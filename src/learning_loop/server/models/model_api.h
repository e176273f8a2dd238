#pragma once

#include "learning_loop/server/models/models_changed.h"

#include <string>

namespace learning_loop {

namespace http {
class Router;
}
namespace store {
class ModelRepository;
} // namespace store

/// Which models there are, and their files. `host` is this Loop's URL. `changed` is called when a model was removed.
/// The repository must outlive the router.
void add_model_api(http::Router& router, store::ModelRepository& models, std::string host, ModelsChanged changed);

} // namespace learning_loop
