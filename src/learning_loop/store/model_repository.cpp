#include "learning_loop/store/model_repository.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/project_rows.h"
#include "learning_loop/store/tables.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace learning_loop::store {
namespace {

Model model_of(ModelRow row)
{
    return {std::move(row.id), std::move(row.version), {}, std::move(row.created), std::move(row.comment)};
}

/// Those that have a format.
std::vector<Model> models_of(Database& database, std::int64_t project)
{
    std::vector<Model> models;
    std::map<std::string, std::size_t> places;
    for_each<ModelRow>(database, "WHERE project = $1 ORDER BY number", {project}, [&](ModelRow row) {
        places.emplace(row.id, models.size());
        models.push_back(model_of(std::move(row)));
    });
    for_each<ModelFileRow>(database,
                           "JOIN models ON models.id = model_files.model WHERE models.project = $1 "
                           "ORDER BY model_files.format",
                           {project}, [&](ModelFileRow file) {
                               models.at(places.at(file.model)).formats.push_back(std::move(file.format));
                           });
    std::erase_if(models, [](Model const& model) { return model.formats.empty(); });
    return models;
}

std::string next_version(Database& database, std::int64_t project)
{
    int newest = 0;
    auto const use = [&](Row const& row) {
        int major = 0;
        auto const version = column<std::string>(row, 0);
        std::from_chars(version.data(), version.data() + version.size(), major);
        newest = std::max(newest, major);
    };
    database.for_each("SELECT version FROM models WHERE project = $1", {project}, use);
    return std::to_string(newest + 1) + ".0";
}

std::optional<DeploymentTarget> target_of(Database& database, std::int64_t project)
{
    auto const row = database.query_one("SELECT models.id, models.version FROM projects "
                                        "JOIN models ON models.id = projects.target WHERE projects.number = $1",
                                        {project});
    if (!row) return std::nullopt;
    return DeploymentTarget{column<std::string>(*row, 0), column<std::string>(*row, 1)};
}

bool has_file(Database& database, std::string const& model)
{
    return find_row<ModelFileRow>(database, "WHERE model = $1", {model}).has_value();
}

/// A reserved model without a format, and where its files would lie.
struct Unfinished {
    std::string id;
    std::filesystem::path folder;
};

std::vector<Unfinished> unfinished_models(Database& database, std::filesystem::path const& root)
{
    std::vector<Unfinished> unfinished;
    auto const use = [&](Row const& row) {
        auto const id = column<std::string>(row, 0);
        if (!is_name(id)) return; // no folder's name: no model of ours
        unfinished.push_back({id, root / column<std::string>(row, 1) / column<std::string>(row, 2) / id});
    };
    database.for_each("SELECT models.id, projects.organization, projects.name FROM models "
                      "JOIN projects ON projects.number = models.project "
                      "WHERE NOT EXISTS (SELECT 1 FROM model_files WHERE model_files.model = models.id)",
                      {}, use);
    return unfinished;
}

} // namespace

ModelRepository::ModelRepository(DatabaseLanes& lanes, std::filesystem::path folder)
    : lanes_(lanes), folder_(std::move(folder))
{
    auto const forgotten = lanes.write_at_start([this](Database& database) {
        // Files first: a crash in between leaves the row, so that the next start tries again.
        for (auto const& model : unfinished_models(database, folder_)) {
            std::error_code failure;
            std::filesystem::remove_all(model.folder, failure);
            if (failure) { // no reason not to start
                log::warn("{} cannot be removed: {}", model.folder.string(), failure.message());
                continue;
            }
            database.execute("DELETE FROM models WHERE id = $1", {model.id});
        }
    });
    if (!forgotten) log::warn("models without files keep their versions: {}", forgotten.error().message);
}

Task<Result<Model>> ModelRepository::reserve(std::int64_t project, std::string id, std::string comment)
{
    auto job = [project, id = std::move(id), comment = std::move(comment)](Database& database) -> Result<Model> {
        Transaction transaction(database);
        auto earlier = find_row<ModelRow>(database, "WHERE id = $1", {id});
        if (earlier && (earlier->project != project || has_file(database, id)))
            return Error{Errc::conflict, "the model " + id + " exists already"};
        if (earlier) return model_of(std::move(*earlier));
        ModelRow row;
        row.project = project;
        row.id = id;
        row.version = next_version(database, project);
        row.created = timestamp_now();
        row.comment = comment;
        insert(database, row);
        transaction.commit();
        return model_of(std::move(row));
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<void>> ModelRepository::add_format(std::int64_t project, std::string id, std::string format,
                                               std::int64_t bytes)
{
    ModelFileRow row;
    row.model = std::move(id);
    row.format = std::move(format);
    row.bytes = bytes;
    auto job = [project, row = std::move(row)](Database& database) {
        Transaction transaction(database);
        insert(database, row);
        touch_project(database, project);
        transaction.commit();
        return Result<void>();
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<void>> ModelRepository::give_up(std::string id)
{
    auto job = [id = std::move(id)](Database& database) -> Result<void> {
        database.execute("DELETE FROM models WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM model_files WHERE model = $1)",
                         {id});
        return {};
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<std::vector<Model>>> ModelRepository::all(std::int64_t project)
{
    auto job = [project](Database& database) -> Result<std::vector<Model>> {
        Transaction const one_state(database);
        return models_of(database, project);
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::optional<Model>>> ModelRepository::find(std::int64_t project, std::string id)
{
    auto job = [project, id](Database& database) -> Result<std::optional<Model>> {
        Transaction const one_state(database);
        for (auto& model : models_of(database, project)) {
            if (model.id == id) return std::optional(std::move(model));
        }
        return std::optional<Model>();
    };
    co_return co_await lanes_.read(std::move(job));
}

std::filesystem::path ModelRepository::file_of(std::string_view organization, std::string_view project,
                                               std::string_view id, std::string_view format) const
{
    return file_in(folder_, organization, project, id, format);
}

std::filesystem::path ModelRepository::file_in(std::filesystem::path const& root, std::string_view organization,
                                               std::string_view project, std::string_view id, std::string_view format)
{
    return root / organization / project / id / (std::string(format) + ".zip");
}

Task<Result<std::optional<DeploymentTarget>>> ModelRepository::target(std::int64_t project)
{
    auto job = [project](Database& database) -> Result<std::optional<DeploymentTarget>> {
        return target_of(database, project);
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::optional<DeploymentTarget>>> ModelRepository::set_target(std::int64_t project, std::string id)
{
    auto job = [project, id](Database& database) -> Result<std::optional<DeploymentTarget>> {
        auto const changed =
            database.execute("UPDATE projects SET target = $1, changed = $2 WHERE number = $3 AND EXISTS "
                             "(SELECT 1 FROM models JOIN model_files ON model_files.model = models.id "
                             "WHERE models.id = $1 AND models.project = $3)",
                             {id, timestamp_now(), project});
        return changed == 0 ? std::nullopt : target_of(database, project);
    };
    co_return co_await lanes_.write(std::move(job));
}

} // namespace learning_loop::store
