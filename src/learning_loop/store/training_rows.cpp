#include "learning_loop/store/training_rows.h"

#include "learning_loop/store/model_rows.h"

namespace learning_loop::store {

std::optional<NewModel> awaited_model(Database& database, std::int64_t project, std::string const& id)
{
    auto const result = find_row<TrainingResultRow>(database, "WHERE model = $1", {id});
    if (!result) return std::nullopt;
    auto const training = find_row<TrainingRow>(database, "WHERE number = $1", {result->training});
    if (!training || training->project != project || training->state == TrainingState::aborted) return std::nullopt;
    auto const former = find_row<TrainingResultRow>(
        database,
        "WHERE training = $1 AND number < $2 AND EXISTS "
        "(SELECT 1 FROM model_files WHERE model_files.model = training_results.model) ORDER BY number DESC LIMIT 1",
        {result->training, result->number});
    auto const parent = former ? std::optional(former->model) : training->base_model;
    NewModel wanted;
    wanted.id = id;
    if (parent && find_model(database, project, *parent)) wanted.parent = parent;
    wanted.comment = "training " + std::to_string(training->training_number);
    if (training->trainer_name) wanted.comment += " by " + *training->trainer_name;
    if (result->best_epoch) wanted.comment += ", epoch " + std::to_string(*result->best_epoch);
    return wanted;
}

std::optional<TrainingRow> find_training_on(Database& database, std::int64_t project, std::string const& model)
{
    return find_row<TrainingRow>(
        database,
        "WHERE project = $1 AND ended IS NULL AND (base_model = $2 OR EXISTS (SELECT 1 FROM training_results "
        "WHERE training_results.training = trainings.number AND training_results.model = $2))",
        {project, model});
}

} // namespace learning_loop::store
