#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/store/project.h"

#include <optional>
#include <string>
#include <vector>

namespace learning_loop::store {

class DatabaseLanes;

/// The projects and their categories.
class ProjectRepository {
public:
    explicit ProjectRepository(DatabaseLanes& lanes) : lanes_(lanes) {}

    Task<Result<std::optional<Project>>> find(std::string organization, std::string name); ///< nullopt: there is none.

    /// Returns the project of that name, which is made if there is none; `number` is ignored. One that was there may
    /// have come from another generator.
    Task<Result<Project>> find_or_make(Project project);

    /// Returns the project that was made; `number` is ignored. Errors: conflict if there is one of that name.
    Task<Result<Project>> make(Project project);

    Task<Result<std::vector<Project>>> all(); ///< The one that changed last comes first; without categories.

    /// How the images that come from now on are split. Errors: not_found if the project was deleted meanwhile.
    Task<Result<void>> set_split(std::int64_t project, int test_percent, int val_percent);

    /// Those of its trainings, unless they tell others, as JSON. Errors: not_found if the project was deleted
    /// meanwhile.
    Task<Result<void>> set_hyperparameters(std::int64_t project, std::string hyperparameters);

    /// Draws the sets of all images anew, by the project's split, bit by bit; others write in between.
    Task<Result<void>> redraw_sets(std::int64_t project);

private:
    DatabaseLanes& lanes_;
};

} // namespace learning_loop::store
