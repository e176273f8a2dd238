#include "learning_loop/store/project_removals.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/file_removals.h"
#include "learning_loop/store/project_rows.h"
#include "learning_loop/store/tables.h"

#include <chrono>

namespace learning_loop::store {
namespace fs = std::filesystem;
namespace {

/// A name that is free whatever comes, and that nobody can ask for.
std::string name_when_deleted(std::string const& name, std::int64_t project)
{
    return name + "~" + std::to_string(project);
}

constexpr std::string_view keeps_images = "~keep"; // at its end, until they are set aside

constexpr std::int64_t removed_at_once = 500; // others write in between

/// What belongs to a project beside its images. Nobody may have a model, a training or a token of one that is gone.
void remove_all_but_images(Database& database, std::int64_t project)
{
    database.execute("DELETE FROM model_files WHERE model IN (SELECT id FROM models WHERE project = $1)", {project});
    database.execute("DELETE FROM models WHERE project = $1", {project});
    database.execute("DELETE FROM target_history WHERE project = $1", {project});
    database.execute("DELETE FROM detectors WHERE project = $1", {project});
    database.execute("DELETE FROM training_results WHERE training IN (SELECT number FROM trainings WHERE project = $1)",
                     {project});
    database.execute("DELETE FROM trainings WHERE project = $1", {project});
    database.execute("DELETE FROM tokens WHERE project = $1", {project});
}

/// Returns whether there were any images left.
bool remove_images(Database& database, std::int64_t project)
{
    auto const last = database.query_one("SELECT max(number) FROM (SELECT number FROM images WHERE project = $1 "
                                         "ORDER BY number LIMIT $2) AS part",
                                         {project, removed_at_once});
    if (!last || is_null(*last, 0)) return false;
    Values const part{project, column<std::int64_t>(*last, 0)};
    database.execute("DELETE FROM annotations WHERE image IN "
                     "(SELECT number FROM images WHERE project = $1 AND number <= $2)",
                     part);
    database.execute("DELETE FROM detections WHERE image IN "
                     "(SELECT number FROM images WHERE project = $1 AND number <= $2)",
                     part);
    database.execute("DELETE FROM image_tags WHERE image IN "
                     "(SELECT number FROM images WHERE project = $1 AND number <= $2)",
                     part);
    database.execute("DELETE FROM images WHERE project = $1 AND number <= $2", part);
    return true;
}

/// Returns whether there were tags left.
bool remove_tags(Database& database, std::int64_t project)
{
    return database.execute("DELETE FROM tags WHERE number IN "
                            "(SELECT number FROM tags WHERE project = $1 ORDER BY number LIMIT 500)",
                            {project}) > 0;
}

/// Returns whether there may be more. What is large goes bit by bit, and only then the rest.
bool remove_some_rows(Database& database, std::int64_t project)
{
    if (remove_images(database, project) || remove_tags(database, project)) return true;
    auto const row = find_row<ProjectRow>(database, "WHERE number = $1", {project});
    if (!row) return false;
    database.execute("DELETE FROM removed_images WHERE project = $1", {project});
    database.execute("DELETE FROM image_counts WHERE project = $1", {project});
    database.execute("DELETE FROM categories WHERE project = $1", {project});
    remove_all_but_images(database, project); // also what was on its way when the project was deleted
    for (auto const* const part : {"images/", "models/", "thumbs/", "datasets/"})
        remove_file_later(database, part + row->folder);
    // The row of the highest number stays, so that no number, and with it no folder, is ever given again: what is still
    // on its way to the deleted project must not reach another one.
    database.execute("UPDATE projects SET folder = '' WHERE number = $1", {project});
    database.execute("DELETE FROM projects WHERE removed IS NOT NULL AND folder = '' "
                     "AND number < (SELECT MAX(number) FROM projects)",
                     {});
    return false;
}

/// Moves the folder, if it is there.
Result<bool> move_folder(fs::path const& from, fs::path const& to)
{
    try {
        if (!fs::exists(from)) return false;
        make_folder_durably(to.parent_path());
        rename_durably(from, to);
        return true;
    } catch (std::system_error const& failure) {
        return Error{Errc::unavailable, failure.code().message()};
    }
}

} // namespace

/// A deleted project whose row is still there.
struct ProjectRemovals::Removed {
    explicit Removed(ProjectRow row)
        : number(row.number),
          organization(std::move(row.organization)),
          name(row.name.substr(0, row.name.find('~'))),
          folder(std::move(row.folder)),
          time(row.removed.value_or("")),
          is_to_keep_images(row.name.ends_with(keeps_images))
    {}

    std::int64_t number;
    std::string organization;
    std::string name; ///< As it was before.
    std::string folder;
    std::string time;
    bool is_to_keep_images;
};

Task<Result<void>> ProjectRemovals::begin(std::int64_t project, bool keep_images)
{
    auto job = [project, keep_images](Database& database) -> Result<void> {
        auto const found = require_project(database, project);
        if (!found) return found.error();
        auto name = name_when_deleted(found->name, project);
        if (keep_images) name += keeps_images;
        auto const now = timestamp_now();
        database.execute("UPDATE projects SET name = $1, removed = $2, changed = $2, target = NULL WHERE number = $3",
                         {name, now, project});
        remove_all_but_images(database, project);
        return {};
    };
    auto const begun = co_await lanes_.write(std::move(job));
    if (!begun) co_return begun.error();
    pause_.wake();
    co_return Result<void>();
}

Task<> ProjectRemovals::run()
{
    for (;;) {
        bool is_done = false;
        try {
            auto const removed = co_await remove_all();
            is_done = removed.has_value();
            if (!removed) log::warn("rows of deleted projects are still there: {}", removed.error().message);
        } catch (DatabaseError const& failure) { // the next time
            log::error("rows of deleted projects are still there: {}", failure.what());
        }
        co_await pause_.sleep(is_done ? std::chrono::hours(24) : std::chrono::hours(1));
    }
}

Task<Result<void>> ProjectRemovals::remove_all()
{
    auto find = [](Database& database) -> Result<std::vector<Removed>> {
        std::vector<Removed> all;
        for_each<ProjectRow>(database, "WHERE removed IS NOT NULL AND folder <> '' ORDER BY number", {},
                             [&](ProjectRow row) { all.emplace_back(std::move(row)); });
        return all;
    };
    auto const all = co_await lanes_.read(std::move(find));
    if (!all) co_return all.error();
    for (auto const& project : *all) {
        if (failed_.contains(project.number)) continue;
        auto const removed = co_await remove(project);
        if (!removed) co_return removed.error();
    }
    co_return Result<void>();
}

Task<Result<void>> ProjectRemovals::remove(Removed project)
{
    if (project.is_to_keep_images) {
        auto const is_safe = co_await set_images_aside(project);
        if (!is_safe) co_return is_safe.error();
        if (!*is_safe) co_return Result<void>();
    }
    for (bool is_more = true; is_more;) {
        auto job = [number = project.number](Database& database) -> Result<bool> {
            return remove_some_rows(database, number);
        };
        auto const removed = co_await lanes_.write(std::move(job));
        if (!removed) co_return removed.error();
        is_more = *removed;
    }
    files_.wake();
    log::info("all rows of the deleted project {}/{} are gone", project.organization, project.name);
    co_return Result<void>();
}

/// Returns false, and tells it, if that cannot be done. Once it is done, the project is one like the others.
Task<Result<bool>> ProjectRemovals::set_images_aside(Removed project)
{
    auto const to = data_folder_ / "set_aside" / time_for_a_name(project.time) / project.organization / project.name;
    auto move = [from = data_folder_ / "images" / project.folder, to] { return move_folder(from, to); };
    auto const moved = co_await moving_.run(std::move(move));
    if (!moved) {
        log::warn("the images of the deleted project {}/{} cannot be moved to {}: {}", project.organization,
                  project.name, to.string(), moved.error().message);
        failed_.insert(project.number);
        co_return false;
    }
    if (*moved) {
        log::info("the images of the deleted project {}/{} are in {}", project.organization, project.name, to.string());
    }
    auto rename = [project](Database& database) -> Result<void> {
        database.execute("UPDATE projects SET name = $1 WHERE number = $2",
                         {name_when_deleted(project.name, project.number), project.number});
        return {};
    };
    auto const renamed = co_await lanes_.write(std::move(rename));
    if (!renamed) co_return renamed.error();
    co_return true;
}

} // namespace learning_loop::store
