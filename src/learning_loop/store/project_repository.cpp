#include "learning_loop/store/project_repository.h"

#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/project_rows.h"
#include "learning_loop/store/tables.h"

namespace learning_loop::store {

Task<Result<std::optional<Project>>> ProjectRepository::find(std::string organization, std::string name)
{
    auto job = [organization, name](Database& database) -> Result<std::optional<Project>> {
        Transaction const one_state(database);
        return find_project(database, organization, name);
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<Project>> ProjectRepository::find_or_make(Project project)
{
    auto job = [project = std::move(project)](Database& database) -> Result<Project> {
        Transaction transaction(database);
        auto found = find_project(database, project.organization, project.name);
        if (!found) {
            insert_project(database, project);
            found = find_project(database, project.organization, project.name);
            transaction.commit();
        }
        return std::move(*found);
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<std::vector<Project>>> ProjectRepository::all()
{
    auto job = [](Database& database) -> Result<std::vector<Project>> {
        std::vector<Project> projects;
        for_each<ProjectRow>(database, "ORDER BY changed DESC, number DESC", {}, [&](ProjectRow row) {
            projects.push_back(
                {row.number, std::move(row.organization), std::move(row.name), {}, std::move(row.generator)});
        });
        return projects;
    };
    co_return co_await lanes_.read(std::move(job));
}

} // namespace learning_loop::store
