#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/store/project.h"

#include <string>
#include <vector>

namespace learning_loop::store {

class DatabaseLanes;

/// The projects and their categories.
class ProjectRepository {
public:
    explicit ProjectRepository(DatabaseLanes& lanes) : lanes_(lanes) {}

    /// Errors: not_found if there is none, with the remedy.
    Task<Result<Project>> find(std::string organization, std::string name);

    /// Makes the project and returns it; if it is there already and came from the same generator, returns that one.
    /// `number` is ignored. Errors: conflict if a project of this name came from something else.
    Task<Result<Project>> make(Project project);

    Task<Result<std::vector<Project>>> all(); ///< The one that changed last comes first; without categories.

private:
    DatabaseLanes& lanes_;
};

} // namespace learning_loop::store
