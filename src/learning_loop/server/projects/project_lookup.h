#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/store/project.h"

#include <string>

namespace learning_loop {

namespace http {
class Router;
}
namespace store {
class ProjectRepository;
}

/// Lets handlers of routes take a `store::Project`: the one that `{organization}` and `{project}` in their path name.
/// To be called before these routes are added; the repository must outlive the router.
void add_project_lookup(http::Router& router, store::ProjectRepository& projects);

/// Errors: not_found if there is no such project; the message has the remedy.
Task<Result<store::Project>> require_project(store::ProjectRepository& projects, std::string organization,
                                             std::string name);

/// not_found, with the remedy.
Error no_such_project(std::string const& organization, std::string const& name);

/// The project's path without `/api`, as the fields `resource` tell it.
std::string resource_of(store::Project const& project);

} // namespace learning_loop
