#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/detector_status.h"
#include "learning_loop/data/model.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop::store {

class DatabaseLanes;

/// Models, and which of them a project's detectors are to run. Projects are told by their number. A model file lies
/// where `file_of` says; callers must have written it before they add its format.
class ModelRepository {
public:
    /// Forgets models that got no format because the process died, and removes what was written of them. Blocks; nobody
    /// may use the lanes yet. `folder` is made when a file is written.
    ModelRepository(DatabaseLanes& lanes, std::filesystem::path folder);

    /// Takes the next free version `N.0`. The model is listed once it has a format; until then its id may be reserved
    /// again. Errors: conflict if the id is taken.
    Task<Result<Model>> reserve(std::int64_t project, std::string id, std::string comment);
    Task<Result<void>> add_format(std::int64_t project, std::string id, std::string format, std::int64_t bytes);
    Task<Result<void>> give_up(std::string id); ///< Frees the version of a model that got no format.

    Task<Result<std::vector<Model>>> all(std::int64_t project);                    ///< In the order of their making.
    Task<Result<std::optional<Model>>> find(std::int64_t project, std::string id); ///< nullopt: there is none.

    /// Callers must have checked the names with `is_name` and the id with `is_uuid`: they become a path.
    std::filesystem::path file_of(std::string_view organization, std::string_view project, std::string_view id,
                                  std::string_view format) const;

    /// The same for any root.
    static std::filesystem::path file_in(std::filesystem::path const& root, std::string_view organization,
                                         std::string_view project, std::string_view id, std::string_view format);

    Task<Result<std::optional<DeploymentTarget>>> target(std::int64_t project); ///< nullopt: none is set.

    /// Returns the new target; nullopt, and nothing is changed, if the project has no such model.
    Task<Result<std::optional<DeploymentTarget>>> set_target(std::int64_t project, std::string id);

private:
    DatabaseLanes& lanes_;
    std::filesystem::path folder_;
};

} // namespace learning_loop::store
