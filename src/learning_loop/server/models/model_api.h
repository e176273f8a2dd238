#pragma once

#include <string>

namespace learning_loop {

namespace http {
class Router;
}
namespace store {
class ModelRepository;
} // namespace store

/// Which models there are, and their files. `host` is this Loop's URL. The repository must outlive the router.
void add_model_api(http::Router& router, store::ModelRepository& models, std::string host);

} // namespace learning_loop
