#include "learning_loop/store/target_rows.h"

#include "learning_loop/base/timestamps.h"

namespace learning_loop::store {
namespace {

TargetHistoryRow set_target(Database& database, std::int64_t project, std::optional<DeploymentTarget> const& target,
                            std::string const& chosen_by, std::optional<std::int64_t> back_to)
{
    TargetHistoryRow row;
    row.project = project;
    if (target) row.model = target->model_uuid;
    if (target) row.version = target->version;
    row.chosen = timestamp_now();
    row.chosen_by = chosen_by;
    row.back_to = back_to;
    database.execute("UPDATE projects SET target = $1, changed = $2 WHERE number = $3",
                     {value_of(row.model), row.chosen, project});
    insert(database, row);
    return row;
}

/// The last row before the one of that number whose model there still is, and is not the target.
std::optional<TargetHistoryRow> row_before(Database& database, std::int64_t project, std::int64_t number)
{
    return find_row<TargetHistoryRow>(
        database,
        "WHERE project = $1 AND number < $2 AND model IS NOT NULL AND EXISTS "
        "(SELECT 1 FROM model_files WHERE model_files.model = target_history.model) AND NOT EXISTS "
        "(SELECT 1 FROM projects WHERE projects.number = $1 AND projects.target = target_history.model) "
        "ORDER BY number DESC",
        {project, number});
}

} // namespace

std::optional<DeploymentTarget> target_of(Database& database, std::int64_t project)
{
    auto const row = database.query_one("SELECT models.id, models.version FROM projects "
                                        "JOIN models ON models.id = projects.target WHERE projects.number = $1",
                                        {project});
    if (!row) return std::nullopt;
    return DeploymentTarget{column<std::string>(*row, 0), column<std::string>(*row, 1)};
}

std::optional<DeploymentTarget> choose_target(Database& database, std::int64_t project, std::string const& model,
                                              std::string const& chosen_by)
{
    auto const row = database.query_one("SELECT version FROM models WHERE project = $1 AND id = $2 AND EXISTS "
                                        "(SELECT 1 FROM model_files WHERE model_files.model = models.id)",
                                        {project, model});
    if (!row) return std::nullopt;
    DeploymentTarget const target{model, column<std::string>(*row, 0)};
    auto const former = target_of(database, project);
    if (!former || former->model_uuid != model) set_target(database, project, target, chosen_by, std::nullopt);
    return target;
}

/// Twice in a row goes back two steps: from a row that went back to another one, it goes on before that.
std::optional<DeploymentTarget> roll_target_back(Database& database, std::int64_t project, std::string const& chosen_by)
{
    auto const newest = find_row<TargetHistoryRow>(database, "WHERE project = $1 ORDER BY number DESC", {project});
    if (!newest) return std::nullopt;
    auto const earlier = row_before(database, project, newest->back_to.value_or(newest->number));
    if (!earlier) return std::nullopt;
    DeploymentTarget const target{earlier->model.value(), earlier->version.value()};
    set_target(database, project, target, chosen_by, earlier->back_to.value_or(earlier->number));
    return target;
}

std::optional<TargetHistoryRow> take_target_away(Database& database, std::int64_t project, std::string const& chosen_by)
{
    if (!target_of(database, project)) return std::nullopt;
    return set_target(database, project, std::nullopt, chosen_by, std::nullopt);
}

std::vector<TargetHistoryRow> target_history_of(Database& database, std::int64_t project, std::int64_t most)
{
    return find_rows<TargetHistoryRow>(database, "WHERE project = $1 ORDER BY number DESC LIMIT $2", {project, most});
}

} // namespace learning_loop::store
