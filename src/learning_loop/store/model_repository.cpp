#include "learning_loop/store/model_repository.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/file_removals.h"
#include "learning_loop/store/model_rows.h"
#include "learning_loop/store/tables.h"
#include "learning_loop/store/target_rows.h"

#include <utility>

namespace learning_loop::store {
namespace {

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
        unfinished.push_back({id, root / column<std::string>(row, 1) / id});
    };
    database.for_each("SELECT models.id, projects.folder FROM models "
                      "JOIN projects ON projects.number = models.project "
                      "WHERE models.removed IS NULL AND NOT EXISTS "
                      "(SELECT 1 FROM model_files WHERE model_files.model = models.id)",
                      {}, use);
    return unfinished;
}

} // namespace

ModelRepository::ModelRepository(DatabaseLanes& lanes, std::filesystem::path folder, FileRemovals* removals)
    : lanes_(lanes), folder_(std::move(folder)), removals_(removals)
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
    auto const settled = lanes.write_at_start([this](Database& database) {
        for (auto const& row : find_rows<BegunModelFileRow>(database, "", {})) {
            std::error_code none; // of which nothing was written
            std::filesystem::remove(folder_ / row.path, none);
            std::filesystem::remove(folder_ / (row.path + ".new"), none);
            std::filesystem::remove((folder_ / row.path).parent_path(), none); // if it is empty
        }
        database.execute("DELETE FROM begun_model_files", {});
    });
    if (!settled) log::warn("files of models that came to no end stay: {}", settled.error().message);
    if (!forgotten) log::warn("models without files keep their versions: {}", forgotten.error().message);
}

Task<Result<ModelPlace>> ModelRepository::reserve(std::int64_t project, NewModel wanted, ModelContent content)
{
    auto job = [project, wanted = std::move(wanted), content = std::move(content)](Database& database) {
        return reserve_model(database, project, wanted, content);
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<std::optional<ModelPlace>>> ModelRepository::reserve_format(std::int64_t project, std::string id,
                                                                        ModelContent content)
{
    auto job = [project, id = std::move(id), content = std::move(content)](Database& database) {
        return store::reserve_format(database, project, id, content);
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<void>> ModelRepository::add_file(std::int64_t project, NewModelFile file)
{
    auto job = [project, file = std::move(file)](Database& database) {
        return add_model_file(database, project, file);
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<void>> ModelRepository::give_up(std::string id)
{
    auto job = [id = std::move(id)](Database& database) -> Result<void> {
        database.execute("DELETE FROM models WHERE id = $1 AND removed IS NULL AND NOT EXISTS "
                         "(SELECT 1 FROM model_files WHERE model = $1)",
                         {id});
        database.execute("DELETE FROM begun_model_files WHERE model = $1", {id});
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

Task<Result<std::vector<std::string>>> ModelRepository::taken_elsewhere(std::int64_t project,
                                                                        std::vector<std::string> ids)
{
    auto job = [project, ids = std::move(ids)](Database& database) -> Result<std::vector<std::string>> {
        std::vector<std::string> taken;
        for (auto const& id : ids) {
            auto const row = database.query_one("SELECT 1 FROM models WHERE id = $1 AND project <> $2", {id, project});
            if (row) taken.push_back(id);
        }
        return taken;
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::optional<std::string>>> ModelRepository::parent_of(std::string id)
{
    auto job = [id = std::move(id)](Database& database) -> Result<std::optional<std::string>> {
        auto const row = database.query_one("SELECT parent FROM models WHERE id = $1", {id});
        if (!row || is_null(*row, 0)) return std::optional<std::string>();
        return std::optional(column<std::string>(*row, 0));
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::optional<Model>>> ModelRepository::find(std::int64_t project, std::string id)
{
    auto job = [project, id = std::move(id)](Database& database) -> Result<std::optional<Model>> {
        Transaction const one_state(database);
        return find_model(database, project, id);
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<bool>> ModelRepository::is_whole(std::string folder, std::string id, std::string format)
{
    auto job = [file = file_of(folder, id, format), id, format](Database& database) -> Result<bool> {
        auto const row = find_row<ModelFileRow>(database, "WHERE model = $1 AND format = $2", {id, format});
        return row && has_length(file, row->bytes);
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<bool>> ModelRepository::remove(std::int64_t project, std::string folder, std::string id)
{
    auto const files = "models/" + folder + "/" + id;
    auto job = [project, id = std::move(id), files](Database& database) {
        return remove_model(database, project, id, files);
    };
    auto removed = co_await lanes_.write(std::move(job));
    if (removed && *removed && removals_) removals_->wake();
    co_return removed;
}

std::filesystem::path ModelRepository::file_of(std::string_view folder, std::string_view id,
                                               std::string_view format) const
{
    return file_in(folder_, folder, id, format);
}

std::filesystem::path ModelRepository::file_in(std::filesystem::path const& root, std::string_view folder,
                                               std::string_view id, std::string_view format)
{
    return root / folder / id / (std::string(format) + ".zip");
}

Task<Result<std::optional<DeploymentTarget>>> ModelRepository::target(std::int64_t project)
{
    auto job = [project](Database& database) -> Result<std::optional<DeploymentTarget>> {
        return target_of(database, project);
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::optional<DeploymentTarget>>> ModelRepository::set_target(std::int64_t project, std::string id,
                                                                          std::string chosen_by)
{
    auto job = [project, id = std::move(id),
                chosen_by = std::move(chosen_by)](Database& database) -> Result<std::optional<DeploymentTarget>> {
        return choose_target(database, project, id, chosen_by);
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<std::optional<DeploymentTarget>>> ModelRepository::roll_target_back(std::int64_t project,
                                                                                std::string chosen_by)
{
    auto job = [project,
                chosen_by = std::move(chosen_by)](Database& database) -> Result<std::optional<DeploymentTarget>> {
        return store::roll_target_back(database, project, chosen_by);
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<std::optional<TargetHistoryRow>>> ModelRepository::take_target_away(std::int64_t project,
                                                                                std::string chosen_by)
{
    auto job = [project,
                chosen_by = std::move(chosen_by)](Database& database) -> Result<std::optional<TargetHistoryRow>> {
        return store::take_target_away(database, project, chosen_by);
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<std::vector<TargetHistoryRow>>> ModelRepository::target_history(std::int64_t project, std::int64_t most)
{
    auto job = [project, most](Database& database) -> Result<std::vector<TargetHistoryRow>> {
        return target_history_of(database, project, most);
    };
    co_return co_await lanes_.read(std::move(job));
}

} // namespace learning_loop::store
