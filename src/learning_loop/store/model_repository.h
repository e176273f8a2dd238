#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/detector_status.h"
#include "learning_loop/data/model.h"
#include "learning_loop/store/new_model.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop::store {

class DatabaseLanes;
class FileRemovals;
struct TargetHistoryRow;

/// Models, and which of them a project's detectors are to run. Projects are told by their number. A model file lies
/// where `file_of` says; callers must have written it before they add it.
class ModelRepository {
public:
    /// Forgets models that got no format because the process died, and removes what was written of them. Blocks; nobody
    /// may use the lanes yet. `folder` is made when a file is written; it is `models` in the data folder.
    /// `removals` is woken when files have lost their rows; null: they wait for the next start.
    ModelRepository(DatabaseLanes& lanes, std::filesystem::path folder, FileRemovals* removals = nullptr);

    /// Tells which model a content belongs to, and makes it unless there is one: with that key, with that id or, if
    /// none is asked for, with that content. A new one is version `N.0`, N above all that there ever were, or the next
    /// one of its parent's. It is listed once it has a file. No two callers may reserve in a project before the first
    /// has added its file or given up. Errors: unprocessable if there is no such parent or a version is malformed.
    /// conflict if the id or the version is taken, or if there is another content.
    Task<Result<ModelPlace>> reserve(std::int64_t project, NewModel wanted, ModelContent content);

    /// The same for one more format of a model, or the first one of a model that a training has told of; nullopt: there
    /// is no such model. Errors: conflict if it has another content in the format.
    Task<Result<std::optional<ModelPlace>>> reserve_format(std::int64_t project, std::string id, ModelContent content);

    /// Takes the place of a file of the same format. Errors: not_found if the model was removed meanwhile.
    Task<Result<void>> add_file(std::int64_t project, NewModelFile file);
    Task<Result<void>> give_up(std::string id); ///< Frees the version of a model that got no format.

    Task<Result<std::vector<Model>>> all(std::int64_t project);                    ///< By their versions.
    Task<Result<std::optional<Model>>> find(std::int64_t project, std::string id); ///< nullopt: there is none.

    /// Those of the ids that a model of another project has or had, so that none of this one can get them. `project`
    /// may be 0: one that is not made yet.
    Task<Result<std::vector<std::string>>> taken_elsewhere(std::int64_t project, std::vector<std::string> ids);

    /// The id of the model that it continues; nullopt: it continues none, or is none itself.
    Task<Result<std::optional<std::string>>> parent_of(std::string id);

    /// Whether the file of that format is there with the length that its row tells. `folder` is the project's.
    Task<Result<bool>> is_whole(std::string folder, std::string id, std::string format);

    /// Its files follow. Neither its id nor its version is used again. `folder` is the
    /// project's. Returns false if there is none. Errors: conflict if it is the deployment target.
    Task<Result<bool>> remove(std::int64_t project, std::string folder, std::string id);

    /// `folder` is the project's. Callers must have checked the id with `is_uuid` and the format with `is_name`: they
    /// become a path.
    std::filesystem::path file_of(std::string_view folder, std::string_view id, std::string_view format) const;

    /// The same for any root.
    static std::filesystem::path file_in(std::filesystem::path const& root, std::string_view folder,
                                         std::string_view id, std::string_view format);

    Task<Result<std::optional<DeploymentTarget>>> target(std::int64_t project); ///< nullopt: none is set.

    /// Returns the new target; nullopt, and nothing is changed, if the project has no such model.
    Task<Result<std::optional<DeploymentTarget>>> set_target(std::int64_t project, std::string id,
                                                             std::string chosen_by);

    /// Goes back to the model that was the target before, and that there still is. Twice in a row goes back two steps.
    /// nullopt: there is none.
    Task<Result<std::optional<DeploymentTarget>>> roll_target_back(std::int64_t project, std::string chosen_by);

    /// nullopt: there was none.
    Task<Result<std::optional<TargetHistoryRow>>> take_target_away(std::int64_t project, std::string chosen_by);

    /// At most so many, the newest first.
    Task<Result<std::vector<TargetHistoryRow>>> target_history(std::int64_t project, std::int64_t most);

private:
    DatabaseLanes& lanes_;
    std::filesystem::path folder_;
    FileRemovals* removals_;
};

} // namespace learning_loop::store
