#include "learning_loop/store/training_repository.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/model_rows.h"
#include "learning_loop/store/project_rows.h"

#include <algorithm>
#include <utility>

namespace learning_loop::store {
namespace {

constexpr std::int64_t max_results = 1000; // of one training; each is a model that is better than those before

Error gone()
{
    return {Errc::not_found, "the training is gone: its project was deleted"};
}

std::optional<TrainingResultRow> last_of(Database& database, std::int64_t training)
{
    return find_row<TrainingResultRow>(database, "WHERE training = $1 ORDER BY number DESC LIMIT 1", {training});
}

bool is_there(Database& database, std::int64_t training)
{
    return database.query_one("SELECT 1 FROM trainings WHERE number = $1", {training}).has_value();
}

TrainingResultRow row_of(std::int64_t training, TrainingOut const& result)
{
    TrainingResultRow row;
    row.training = training;
    row.received = timestamp_now();
    row.confusion_matrix = to_text(to_json(result.confusion_matrix));
    row.train_image_count = result.train_image_count;
    row.test_image_count = result.test_image_count;
    row.hyperparameters = to_text(to_json(result.hyperparameters));
    row.best_epoch = result.best_epoch;
    row.model = new_uuid();
    return row;
}

bool tell_the_same(TrainingResultRow const& one, TrainingResultRow const& other)
{
    return one.confusion_matrix == other.confusion_matrix && one.train_image_count == other.train_image_count &&
           one.test_image_count == other.test_image_count && one.hyperparameters == other.hyperparameters &&
           one.best_epoch == other.best_epoch;
}

TrainingResultRow insert_result(Database& database, TrainingResultRow row)
{
    row.number = insert_numbered(database, row);
    return row;
}

/// Makes room for the result after that one, if there are very many. One whose model has files stays.
void make_room(Database& database, TrainingResultRow const& last)
{
    auto const row = database.query_one("SELECT COUNT(*) FROM training_results WHERE training = $1", {last.training});
    if (column<std::int64_t>(row.value(), 0) < max_results) return;
    database.execute("DELETE FROM training_results WHERE number = $1 AND NOT EXISTS "
                     "(SELECT 1 FROM model_files WHERE model_files.model = training_results.model)",
                     {last.number});
}

/// The newest ones, the oldest of them first.
std::vector<TrainingRepository::StoredResult> results_of(Database& database, std::int64_t training, std::int64_t most)
{
    std::vector<TrainingRepository::StoredResult> results;
    for_each<TrainingResultRow>(database, "WHERE training = $1 ORDER BY number DESC LIMIT $2", {training, most},
                                [&](TrainingResultRow row) {
                                    results.push_back({std::move(row), {}});
                                });
    std::ranges::reverse(results);
    for (auto& result : results) result.model = model_of_id(database, result.row.model);
    return results;
}

TrainingRow insert_training(Database& database, TrainingRow training)
{
    auto const last = database.query_one("SELECT COALESCE(MAX(training_number), 0) FROM trainings WHERE project = $1",
                                         {training.project});
    training.training_number = column<int>(last.value(), 0) + 1;
    training.number = insert_numbered(database, training);
    touch_project(database, training.project);
    return training;
}

} // namespace

Task<Result<TrainingRow>> TrainingRepository::add(TrainingRow training)
{
    auto job = [training = std::move(training)](Database& database) mutable -> Result<TrainingRow> {
        if (!has_project(database, training.project)) return project_is_gone();
        if (training.base_model && !find_model(database, training.project, *training.base_model)) {
            return Error{Errc::unprocessable, "base_model_uuid: the project has no model " +
                                                  printable(*training.base_model) +
                                                  ": GET .../models lists those it has"};
        }
        return insert_training(database, std::move(training));
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<void>> TrainingRepository::add_ended(TrainingRow training, std::string model)
{
    TrainingOut const nothing;
    auto job = [training = std::move(training), model = std::move(model),
                result = row_of(0, nothing)](Database& database) mutable -> Result<void> {
        if (!has_project(database, training.project)) return project_is_gone();
        if (find_row<TrainingResultRow>(database, "WHERE model = $1", {model})) return {};
        result.training = insert_training(database, std::move(training)).number;
        result.model = model;
        insert_result(database, std::move(result));
        return {};
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<void>> TrainingRepository::keep(TrainingRow training)
{
    auto job = [training = std::move(training)](Database& database) -> Result<void> {
        if (!is_there(database, training.number)) return gone();
        upsert(database, training, "project, training_number");
        return {};
    };
    co_return co_await lanes_.write(std::move(job));
}

std::vector<UnfinishedTraining> TrainingRepository::open_at_start()
{
    std::vector<UnfinishedTraining> open;
    auto const load = [&](Database& database) {
        for (auto& row : find_rows<TrainingRow>(database, "WHERE ended IS NULL ORDER BY number", {})) {
            auto project = load_project(database, row.project);
            if (project) open.push_back({std::move(row), std::move(project->organization), std::move(project->name)});
        }
    };
    lanes_.write_at_start(load).value();
    return open;
}

Task<Result<std::vector<TrainingRow>>> TrainingRepository::all(std::int64_t project, std::int64_t most)
{
    auto job = [project, most](Database& database) -> Result<std::vector<TrainingRow>> {
        return find_rows<TrainingRow>(database, "WHERE project = $1 ORDER BY training_number DESC LIMIT $2",
                                      {project, most});
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::optional<TrainingRow>>> TrainingRepository::find(std::int64_t project, int training_number)
{
    auto job = [project, training_number](Database& database) -> Result<std::optional<TrainingRow>> {
        return find_row<TrainingRow>(database, "WHERE project = $1 AND training_number = $2",
                                     {project, value_of(training_number)});
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<TrainingResultRow>> TrainingRepository::add_result(std::int64_t training, TrainingOut result)
{
    auto job = [training, row = row_of(training, result)](Database& database) mutable -> Result<TrainingResultRow> {
        if (!is_there(database, training)) return gone();
        auto const last = last_of(database, training);
        if (last && tell_the_same(*last, row)) return *last;
        if (last) make_room(database, *last);
        return insert_result(database, std::move(row));
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<TrainingResultRow>> TrainingRepository::last_result(std::int64_t training)
{
    TrainingOut const nothing;
    auto job = [training, row = row_of(training, nothing)](Database& database) mutable -> Result<TrainingResultRow> {
        if (!is_there(database, training)) return gone();
        auto last = last_of(database, training);
        return last ? std::move(*last) : insert_result(database, std::move(row));
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<std::map<std::int64_t, std::vector<TrainingRepository::StoredResult>>>>
TrainingRepository::results(std::vector<std::int64_t> trainings, std::int64_t most)
{
    using All = std::map<std::int64_t, std::vector<StoredResult>>;
    auto job = [trainings = std::move(trainings), most](Database& database) -> Result<All> {
        Transaction const one_state(database);
        All all;
        for (auto const training : trainings) all.emplace(training, results_of(database, training, most));
        return all;
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::optional<TrainingRow>>> TrainingRepository::last_of_trainer(std::string trainer)
{
    auto job = [trainer = std::move(trainer)](Database& database) -> Result<std::optional<TrainingRow>> {
        return find_row<TrainingRow>(database, "WHERE trainer = $1 ORDER BY number DESC LIMIT 1", {trainer});
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::optional<TrainingRow>>> TrainingRepository::find_in_the_making(std::string model)
{
    auto job = [model = std::move(model)](Database& database) -> Result<std::optional<TrainingRow>> {
        return find_row<TrainingRow>(database,
                                     "WHERE number IN (SELECT training FROM training_results WHERE model = $1) AND "
                                     "(ended IS NULL OR NOT EXISTS (SELECT 1 FROM model_files WHERE model = $1))",
                                     {model});
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<bool>> TrainingRepository::uses_dataset(std::int64_t project, std::string hash)
{
    auto job = [project, hash = std::move(hash)](Database& database) -> Result<bool> {
        return database.query_one("SELECT 1 FROM trainings WHERE project = $1 AND dataset = $2", {project, hash})
            .has_value();
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<bool>> TrainingRepository::has_model(std::int64_t training)
{
    auto job = [training](Database& database) -> Result<bool> {
        auto const row = database.query_one("SELECT 1 FROM training_results "
                                            "JOIN model_files ON model_files.model = training_results.model "
                                            "WHERE training_results.training = $1",
                                            {training});
        return row.has_value();
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::optional<std::string>>> TrainingRepository::architecture_of(std::string model)
{
    auto job = [model = std::move(model)](Database& database) -> Result<std::optional<std::string>> {
        auto const row = database.query_one("SELECT trainings.architecture FROM training_results "
                                            "JOIN trainings ON trainings.number = training_results.training "
                                            "WHERE training_results.model = $1",
                                            {model});
        std::optional<std::string> architecture;
        if (row) read_column(*row, 0, architecture);
        return architecture;
    };
    co_return co_await lanes_.read(std::move(job));
}

} // namespace learning_loop::store
