#pragma once

#include "learning_loop/data/model_information.h"
#include "learning_loop/store/database_lanes.h"

#include <optional>
#include <string>
#include <vector>

namespace learning_loop::store {

struct Project {
    std::int64_t number = 0; ///< The database's key of it.
    std::string organization;
    std::string name;
    std::vector<Category> categories;
    std::optional<std::string> generator; ///< What it was generated from, as JSON.
};

/// The projects and their categories.
class ProjectRepository {
public:
    explicit ProjectRepository(DatabaseLanes& lanes) : lanes_(lanes) {}

    Task<Result<Project>> find(std::string organization, std::string name); ///< not_found, with the remedy

    /// Makes the project and returns it; the one that is there when it came from the same generator. conflict: it did
    /// not. `number` is ignored.
    Task<Result<Project>> make(Project project);

    Task<Result<std::vector<Project>>> all(); ///< The one that changed last comes first; without categories.

private:
    DatabaseLanes& lanes_;
};

} // namespace learning_loop::store
