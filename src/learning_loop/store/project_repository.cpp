#include "learning_loop/store/project_repository.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/store/database_lanes.h"

namespace learning_loop::store {
namespace {

std::optional<int> optional_int(Row const& row, std::size_t column)
{
    return row.is_null(column) ? std::nullopt : std::optional(static_cast<int>(row.integer(column)));
}

std::optional<Project> find_project(Database& database, std::string const& organization, std::string const& name)
{
    auto const row = database.query_one("SELECT number, generator FROM projects WHERE organization = $1 AND name = $2",
                                        {organization, name});
    if (!row) return std::nullopt;
    Project project{row->integer(0), organization, name, {}, row->optional_text(1)};
    auto const use = [&](Row const& r) {
        project.categories.push_back({r.text(0), r.text(1), r.optional_text(2), r.optional_text(3), r.optional_text(4),
                                      optional_int(r, 5), r.optional_text(6)});
    };
    database.for_each(
        "SELECT id, name, description, hotkey, color, point_size, type FROM categories WHERE project = $1 "
        "ORDER BY position",
        {project.number}, use);
    return project;
}

void add_project(Database& database, Project const& project)
{
    database.execute(
        "INSERT INTO projects (organization, name, created, changed, generator) VALUES ($1, $2, $3, $3, $4)",
        {project.organization, project.name, timestamp_now(), value_of(project.generator)});
    auto const number = database.last_row();
    for (std::int64_t position = 0; auto const& category : project.categories) {
        Value point_size = nullptr;
        if (category.point_size) point_size = std::int64_t{*category.point_size};
        database.execute("INSERT INTO categories VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                         {number, position++, category.id, category.name, value_of(category.description),
                          value_of(category.hotkey), value_of(category.color), point_size, value_of(category.type)});
    }
}

} // namespace

Task<Result<Project>> ProjectRepository::find(std::string organization, std::string name)
{
    if (!is_name(organization) || !is_name(name)) { // no answer may repeat such a name
        co_return Error{Errc::not_found, "the path names no project: see GET /api/projects"};
    }
    auto job = [organization, name](Database& database) -> Result<Project> {
        if (auto project = find_project(database, organization, name)) return std::move(*project);
        return Error{Errc::not_found, "the organization '" + organization + "' has no project '" + name +
                                          "': see GET /api/projects, or make one with POST /api/" + organization +
                                          "/projects/generator"};
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<Project>> ProjectRepository::make(Project project)
{
    auto job = [project = std::move(project)](Database& database) -> Result<Project> {
        Transaction transaction(database);
        auto found = find_project(database, project.organization, project.name);
        if (found && found->generator != project.generator) {
            return Error{Errc::conflict, "project_name: '" + project.name + "' exists already and was made from " +
                                             found->generator.value_or("something else") +
                                             ": choose another name or send those parameters"};
        }
        if (!found) {
            add_project(database, project);
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
        database.for_each(
            "SELECT number, organization, name, generator FROM projects ORDER BY changed DESC, number DESC", {},
            [&](Row const& row) {
                projects.push_back({row.integer(0), row.text(1), row.text(2), {}, row.optional_text(3)});
            });
        return projects;
    };
    co_return co_await lanes_.read(std::move(job));
}

} // namespace learning_loop::store
