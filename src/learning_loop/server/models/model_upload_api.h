#pragma once

namespace learning_loop {

class ModelIntake;
namespace store {
class ModelRepository;
}
namespace http {
class Router;
}

/// Models come in, and more formats of them. The intake must outlive the router.
void add_model_upload_api(http::Router& router, ModelIntake& intake, store::ModelRepository& models);

/// The same at the short path that READMEs of nodes tell. To be called after all other routes with one segment below a
/// project's path, since a format may have any name.
void add_short_model_upload_api(http::Router& router, ModelIntake& intake, store::ModelRepository& models);

} // namespace learning_loop
