#include "learning_loop/store/project_rows.h"

#include "learning_loop/base/timestamps.h"
#include "learning_loop/store/tables.h"

namespace learning_loop::store {
namespace {

Project project_of(Database& database, ProjectRow row)
{
    auto project = project_without_categories(std::move(row));
    for_each<CategoryRow>(database, "WHERE project = $1 ORDER BY position", {project.number},
                          [&](CategoryRow category) { project.categories.push_back(std::move(category)); });
    return project;
}

} // namespace

Project project_without_categories(ProjectRow row)
{
    return {row.number,
            std::move(row.organization),
            std::move(row.name),
            {},
            std::move(row.generator),
            std::move(row.folder),
            row.test_percent,
            row.val_percent,
            std::move(row.hyperparameters)};
}

std::optional<Project> find_project(Database& database, std::string const& organization, std::string const& name)
{
    auto row = find_row<ProjectRow>(database, "WHERE organization = $1 AND name = $2 AND removed IS NULL",
                                    {organization, name});
    return row ? std::optional(project_of(database, std::move(*row))) : std::nullopt;
}

std::optional<Project> load_project(Database& database, std::int64_t number)
{
    auto row = find_row<ProjectRow>(database, "WHERE number = $1 AND removed IS NULL", {number});
    return row ? std::optional(project_of(database, std::move(*row))) : std::nullopt;
}

Result<Project> require_project(Database& database, std::int64_t number)
{
    auto project = load_project(database, number);
    if (!project) return project_is_gone();
    return std::move(*project);
}

bool has_project(Database& database, std::int64_t number)
{
    return database.query_one("SELECT 1 FROM projects WHERE number = $1 AND removed IS NULL", {number}).has_value();
}

Error project_is_gone()
{
    return {Errc::not_found, "the project was deleted meanwhile"};
}

void insert_project(Database& database, Project const& project)
{
    ProjectRow row;
    row.organization = project.organization;
    row.name = project.name;
    row.created = row.changed = timestamp_now();
    row.generator = project.generator;
    row.test_percent = project.test_percent;
    row.val_percent = project.val_percent;
    auto const number = insert_numbered(database, std::move(row));
    auto const folder = project.organization + "/" + project.name + "~" + std::to_string(number);
    database.execute("UPDATE projects SET folder = $1 WHERE number = $2", {folder, number});
    std::int64_t position = 0;
    for (auto const& category : project.categories) {
        CategoryRow category_row{category};
        category_row.project = number;
        category_row.position = position++;
        insert(database, std::move(category_row));
    }
}

void touch_project(Database& database, std::int64_t number)
{
    database.execute("UPDATE projects SET changed = $1 WHERE number = $2", {timestamp_now(), number});
}

} // namespace learning_loop::store
