#include "learning_loop/store/category_repository.h"

#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/project_rows.h"
#include "learning_loop/store/tables.h"

namespace learning_loop::store {
namespace {

constexpr std::int64_t images_at_once = 1000; // others write in between

Error no_category(std::string const& id)
{
    return {Errc::not_found, "the project has no category with the id " + id};
}

/// Errors: conflict if another category has name and type.
Result<void> check_unique(Database& database, std::int64_t project, Category const& category)
{
    auto const twin =
        database.query_one("SELECT id FROM categories WHERE project = $1 AND name = $2 AND type = $3 AND id <> $4",
                           {project, category.name, value_of(category.type), category.id});
    if (!twin) return {};
    return Error{Errc::conflict, "name: there is a category '" + category.name + "' of the type " +
                                     category.type.value_or("box") + " already"};
}

std::int64_t next_position(Database& database, std::int64_t project)
{
    auto const row =
        database.query_one("SELECT coalesce(max(position), -1) + 1 FROM categories WHERE project = $1", {project});
    return column<std::int64_t>(row.value(), 0);
}

Result<void> change_row(Database& database, std::int64_t project, Category const& category)
{
    if (!has_project(database, project)) return no_category(category.id);
    if (auto unique = check_unique(database, project, category); !unique) return unique;
    auto const changed =
        database.execute("UPDATE categories SET name = $1, description = $2, hotkey = $3, color = $4, point_size = $5 "
                         "WHERE project = $6 AND id = $7",
                         {category.name, value_of(category.description), value_of(category.hotkey),
                          value_of(category.color), value_of(category.point_size), project, category.id});
    if (changed == 0) return no_category(category.id);
    touch_project(database, project);
    return {};
}

/// Names what is of the category in the next images behind `after`. Returns the last of these; nullopt: there are none.
std::optional<std::int64_t> rename_marks(Database& database, std::int64_t project, Category const& category,
                                         std::int64_t after)
{
    auto const last = database.query_one("SELECT max(number) FROM (SELECT number FROM images WHERE project = $1 AND "
                                         "number > $2 ORDER BY number LIMIT $3) AS part",
                                         {project, after, images_at_once});
    if (!last || is_null(*last, 0)) return std::nullopt;
    auto const end = column<std::int64_t>(*last, 0);
    Values const values{category.name, category.id, project, after, end};
    // With coalesce, so that the images are looked up and not, each time, all annotations of the category.
    database.execute("UPDATE annotations SET category_name = $1 WHERE coalesce(category_id, '') = $2 AND "
                     "category_name <> $1 AND "
                     "image IN (SELECT number FROM images WHERE project = $3 AND number > $4 AND number <= $5)",
                     values);
    database.execute("UPDATE detections SET category_name = $1 WHERE category_id = $2 AND category_name <> $1 AND "
                     "image IN (SELECT number FROM images WHERE project = $3 AND number > $4 AND number <= $5)",
                     values);
    return end;
}

Result<void> remove_row(Database& database, std::int64_t project, std::string const& id)
{
    if (!has_project(database, project)) return no_category(id);
    auto const used = database.query_one("SELECT count(*) FROM annotations JOIN images ON images.number = "
                                         "annotations.image WHERE annotations.category_id = $1 AND images.project = $2",
                                         {id, project});
    auto const count = column<std::int64_t>(used.value(), 0);
    if (count > 0) {
        return Error{Errc::conflict, std::to_string(count) + (count == 1 ? " annotation is" : " annotations are") +
                                         " of this category: remove them first, or rename the category"};
    }
    if (database.execute("DELETE FROM categories WHERE project = $1 AND id = $2", {project, id}) == 0)
        return no_category(id);
    touch_project(database, project);
    return {};
}

} // namespace

Task<Result<void>> CategoryRepository::add(std::int64_t project, Category category)
{
    auto job = [project, category = std::move(category)](Database& database) -> Result<void> {
        if (!has_project(database, project)) return project_is_gone();
        if (auto unique = check_unique(database, project, category); !unique) return unique;
        CategoryRow row{category};
        row.project = project;
        row.position = next_position(database, project);
        insert(database, std::move(row));
        touch_project(database, project);
        return {};
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<void>> CategoryRepository::change(std::int64_t project, Category category)
{
    auto change = [project, category](Database& database) { return change_row(database, project, category); };
    if (auto const changed = co_await lanes_.write(std::move(change)); !changed) co_return changed.error();
    std::optional<std::int64_t> after = 0;
    while (after) {
        auto rename = [project, category, from = *after](Database& database) -> Result<std::optional<std::int64_t>> {
            return rename_marks(database, project, category, from);
        };
        auto const renamed = co_await lanes_.write(std::move(rename));
        if (!renamed) co_return renamed.error();
        after = *renamed;
    }
    co_return Result<void>();
}

Task<Result<void>> CategoryRepository::remove(std::int64_t project, std::string id)
{
    auto job = [project, id = std::move(id)](Database& database) { return remove_row(database, project, id); };
    co_return co_await lanes_.write(std::move(job));
}

} // namespace learning_loop::store
