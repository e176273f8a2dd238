#include "learning_loop/store/model_repository.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/store/database_lanes.h"

#include <algorithm>
#include <charconv>

namespace learning_loop::store {
namespace {

constexpr std::string_view select_models =
    "SELECT models.id, models.version, models.created, models.comment, model_files.format FROM models "
    "JOIN model_files ON model_files.model = models.id WHERE models.project = $1 ORDER BY models.number, "
    "model_files.format";

std::vector<Model> models_of(Database& database, std::int64_t project)
{
    std::vector<Model> models;
    auto const use = [&](Row const& row) {
        if (models.empty() || models.back().id != row.text(0)) {
            models.push_back({row.text(0), row.text(1), {}, row.text(2), row.text(3)});
        }
        models.back().formats.push_back(row.text(4));
    };
    database.for_each(select_models, {project}, use);
    return models;
}

std::string next_version(Database& database, std::int64_t project)
{
    int newest = 0;
    auto const use = [&](Row const& row) {
        int major = 0;
        auto const& version = row.text(0);
        std::from_chars(version.data(), version.data() + version.size(), major);
        newest = std::max(newest, major);
    };
    database.for_each("SELECT version FROM models WHERE project = $1", {project}, use);
    return std::to_string(newest + 1) + ".0";
}

Error no_model(Project const& project, std::string const& id)
{
    return {Errc::not_found, "the project '" + project.name + "' has no model " + printable(id) + ": see GET /api/" +
                                 project.organization + "/projects/" + project.name + "/models"};
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
        auto const& id = row.text(0);
        if (!is_name(id)) return; // no folder's name: no model of ours
        unfinished.push_back({id, root / row.text(1) / row.text(2) / id});
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

Task<Result<Model>> ModelRepository::reserve(Project project, std::string id, std::string comment)
{
    auto job = [number = project.number, id = std::move(id),
                comment = std::move(comment)](Database& database) -> Result<Model> {
        Transaction transaction(database);
        auto const row =
            database.query_one("SELECT project, version, created, comment, (SELECT count(*) FROM model_files "
                               "WHERE model = id) FROM models WHERE id = $1",
                               {id});
        if (row && (row->integer(0) != number || row->integer(4) != 0)) {
            return Error{Errc::conflict, "the model " + id + " exists already"};
        }
        if (row) return Model{id, row->text(1), {}, row->text(2), row->text(3)};
        Model model{id, next_version(database, number), {}, timestamp_now(), comment};
        database.execute("INSERT INTO models (project, id, version, created, comment) VALUES ($1, $2, $3, $4, $5)",
                         {number, model.id, model.version, model.created, model.comment});
        transaction.commit();
        return model;
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<void>> ModelRepository::add_format(Project project, std::string id, std::string format, std::int64_t bytes)
{
    auto job = [project = project.number, id = std::move(id), format = std::move(format),
                bytes](Database& database) -> Result<void> {
        Transaction transaction(database);
        database.execute("INSERT INTO model_files (model, format, bytes) VALUES ($1, $2, $3)", {id, format, bytes});
        database.execute("UPDATE projects SET changed = $1 WHERE number = $2", {timestamp_now(), project});
        transaction.commit();
        return {};
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

Task<Result<std::vector<Model>>> ModelRepository::all(Project project)
{
    auto job = [number = project.number](Database& database) -> Result<std::vector<Model>> {
        return models_of(database, number);
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<Model>> ModelRepository::find(Project project, std::string id)
{
    auto job = [project, id](Database& database) -> Result<Model> {
        for (auto& model : models_of(database, project.number)) {
            if (model.id == id) return std::move(model);
        }
        return no_model(project, id);
    };
    co_return co_await lanes_.read(std::move(job));
}

std::filesystem::path ModelRepository::file_of(Project const& project, std::string_view id,
                                               std::string_view format) const
{
    return folder_ / project.organization / project.name / id / (std::string(format) + ".zip");
}

Task<Result<DeploymentTarget>> ModelRepository::target(Project project)
{
    auto job = [project](Database& database) -> Result<DeploymentTarget> {
        auto const row = database.query_one("SELECT models.id, models.version FROM projects "
                                            "JOIN models ON models.id = projects.target WHERE projects.number = $1",
                                            {project.number});
        if (row) return DeploymentTarget{row->text(0), row->text(1)};
        return Error{Errc::not_found, "the project '" + project.name +
                                          "' has no deployment target: set one with PUT /api/" + project.organization +
                                          "/projects/" + project.name + "/deployment/target {\"model_uuid\": ...}"};
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<void>> ModelRepository::set_target(Project project, std::string id)
{
    auto job = [project, id](Database& database) -> Result<void> {
        auto const changed =
            database.execute("UPDATE projects SET target = $1, changed = $2 WHERE number = $3 AND EXISTS "
                             "(SELECT 1 FROM models JOIN model_files ON model_files.model = models.id "
                             "WHERE models.id = $1 AND models.project = $3)",
                             {id, timestamp_now(), project.number});
        if (changed == 0) return no_model(project, id);
        return {};
    };
    co_return co_await lanes_.write(std::move(job));
}

} // namespace learning_loop::store
