#include "learning_loop/store/project_repository.h"

#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/project_rows.h"
#include "learning_loop/store/split.h"
#include "learning_loop/store/tables.h"

namespace learning_loop::store {
namespace {

constexpr std::int64_t listed_at_once = 1000;

Project make_now(Database& database, Project const& project)
{
    insert_project(database, project);
    return find_project(database, project.organization, project.name).value();
}

/// Of the next images behind `after`. Returns the last of these; nullopt: there are none.
std::optional<std::int64_t> redraw_some(Database& database, Project const& project, std::int64_t after)
{
    struct Drawn {
        std::int64_t image;
        ImageSet set;
    };
    std::optional<std::int64_t> last;
    std::vector<Drawn> changed;
    auto const use = [&](Row const& row) {
        last = column<std::int64_t>(row, 0);
        auto const set = drawn_set(column<std::string>(row, 1), project.test_percent, project.val_percent);
        if (set != column<ImageSet>(row, 2)) changed.push_back({*last, set});
    };
    database.for_each(
        "SELECT number, id, split FROM images WHERE project = $1 AND number > $2 ORDER BY number LIMIT $3",
        {project.number, after, listed_at_once}, use);
    for (auto const& [image, set] : changed)
        database.execute("UPDATE images SET split = $1 WHERE number = $2", {value_of(set), image});
    return last;
}

} // namespace

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
        auto found = find_project(database, project.organization, project.name);
        return found ? std::move(*found) : make_now(database, project);
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<Project>> ProjectRepository::make(Project project)
{
    auto job = [project = std::move(project)](Database& database) -> Result<Project> {
        if (find_project(database, project.organization, project.name))
            return Error{Errc::conflict, "project_name: '" + project.name + "' exists already: choose another name"};
        return make_now(database, project);
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<void>> ProjectRepository::set_split(std::int64_t project, int test_percent, int val_percent)
{
    auto job = [project, test_percent, val_percent](Database& database) -> Result<void> {
        auto const changed = database.execute(
            "UPDATE projects SET test_percent = $1, val_percent = $2 WHERE number = $3 AND removed IS NULL",
            {value_of(test_percent), value_of(val_percent), project});
        if (changed == 0) return project_is_gone();
        touch_project(database, project);
        return {};
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<void>> ProjectRepository::set_hyperparameters(std::int64_t project, std::string hyperparameters)
{
    auto job = [project, text = std::move(hyperparameters)](Database& database) -> Result<void> {
        auto const changed = database.execute(
            "UPDATE projects SET hyperparameters = $1 WHERE number = $2 AND removed IS NULL", {text, project});
        if (changed == 0) return Error{Errc::not_found, "the project was deleted meanwhile"};
        touch_project(database, project);
        return {};
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<void>> ProjectRepository::redraw_sets(std::int64_t project)
{
    std::optional<std::int64_t> after = 0;
    while (after) {
        auto job = [project, from = *after](Database& database) -> Result<std::optional<std::int64_t>> {
            auto const found = load_project(database, project);
            return found ? redraw_some(database, *found, from) : std::nullopt;
        };
        auto const drawn = co_await lanes_.write(std::move(job));
        if (!drawn) co_return drawn.error();
        after = *drawn;
    }
    co_return Result<void>();
}

Task<Result<std::vector<Project>>> ProjectRepository::all()
{
    auto job = [](Database& database) -> Result<std::vector<Project>> {
        std::vector<Project> projects;
        for_each<ProjectRow>(database, "WHERE removed IS NULL ORDER BY changed DESC, number DESC", {},
                             [&](ProjectRow row) { projects.push_back(project_without_categories(std::move(row))); });
        return projects;
    };
    co_return co_await lanes_.read(std::move(job));
}

} // namespace learning_loop::store
