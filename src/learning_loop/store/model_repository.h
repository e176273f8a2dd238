#pragma once

#include "learning_loop/data/detector_status.h"
#include "learning_loop/store/project_repository.h"

#include <optional>
#include <string>
#include <vector>

namespace learning_loop::store {

struct Model {
    std::string id;
    std::string version; ///< `<major>.<minor>`, unique in its project.
    std::vector<std::string> formats;
    std::string created;
    std::string comment;
};
BOOST_DESCRIBE_STRUCT(Model, (), (id, version, formats, created, comment))

/// Models, and which of them a project's detectors are to run. A model file lies where `file_of` says; whoever adds a
/// format has written it before.
class ModelRepository {
public:
    /// Forgets models that got no file because the process died. `folder` is made when a file is written. Blocks.
    ModelRepository(DatabaseLanes& lanes, std::filesystem::path folder) : lanes_(lanes), folder_(std::move(folder)) {}

    /// Takes the next free version `N.0`. The model is listed once it has a format; until then its id may be reserved
    /// again, as after a crash. conflict: the id is taken.
    Task<Result<Model>> reserve(Project project, std::string id, std::string comment);
    Task<Result<void>> add_format(Project project, std::string id, std::string format, std::int64_t bytes);
    Task<Result<void>> give_up(std::string id); ///< Frees the version of a model that got no format.

    Task<Result<std::vector<Model>>> all(Project project);     ///< In the order of their making.
    Task<Result<Model>> find(Project project, std::string id); ///< not_found
    std::filesystem::path file_of(Project const& project, std::string_view id, std::string_view format) const;

    Task<Result<DeploymentTarget>> target(Project project);         ///< not_found: none is set
    Task<Result<void>> set_target(Project project, std::string id); ///< not_found: the project has no such model

private:
    DatabaseLanes& lanes_;
    std::filesystem::path folder_;
};

} // namespace learning_loop::store
