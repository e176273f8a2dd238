#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/http/caller.h"
#include "learning_loop/http/message.h"
#include "learning_loop/server/models/model_package.h"
#include "learning_loop/store/project.h"

#include <functional>
#include <string>

namespace learning_loop {

class ModelIntake;
namespace store {
class ModelRepository;
}
namespace http {
class Router;
}

/// Adds a format to the model of that id, for each route that does so. The answer is the model or, if it has other
/// files in that format, 409 with its id. Errors: those of `ModelIntake::add_format`.
Task<Result<http::Response>> add_format(ModelIntake& intake, store::Project project, std::string id, std::string format,
                                        ModelPackage package);

/// May the caller add a format to the model of that id?
using FormatCheck = std::function<Task<Result<void>>(std::string model, http::Caller caller)>;

/// Models come in, and more formats of them, as far as `check` allows. The intake must outlive the router.
void add_model_upload_api(http::Router& router, ModelIntake& intake, store::ModelRepository& models, FormatCheck check);

/// The same at the short path that READMEs of nodes tell. To be called after all other routes with one segment below a
/// project's path, since a format may have any name.
void add_short_model_upload_api(http::Router& router, ModelIntake& intake, store::ModelRepository& models);

} // namespace learning_loop
