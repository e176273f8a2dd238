#include "learning_loop/server/trainings/training_reports.h"

#include "learning_loop/json/from_text.h"

#include <algorithm>

namespace learning_loop {
namespace {

/// What was kept as JSON; empty if it cannot be read.
template <class T>
T read(std::optional<std::string> const& text)
{
    auto value = from_text<T>(text.value_or(""), "a row");
    return value ? std::move(*value) : T();
}

double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

CategoryScore score_of(std::string id, CategoryCounts const& counts, std::vector<Category> const& categories)
{
    CategoryScore score{counts, {}, {}};
    auto const category = std::ranges::find(categories, id, &Category::id);
    if (category != categories.end()) score.category_name = category->name;
    score.category_id = std::move(id);
    auto const tp = static_cast<double>(counts.tp);
    score.precision = ratio(tp, tp + static_cast<double>(counts.fp));
    score.recall = ratio(tp, tp + static_cast<double>(counts.fn));
    score.f1 = ratio(2 * score.precision * score.recall, score.precision + score.recall);
    return score;
}

} // namespace

TrainingEntry entry_of(store::TrainingRow const& row)
{
    TrainingEntry entry;
    entry.training_number = row.training_number;
    entry.state = row.state;
    entry.requested_end = row.requested_end;
    entry.reason = row.reason;
    entry.created = row.created;
    entry.created_by = row.created_by;
    entry.begun = row.begun;
    entry.ended = row.ended;
    entry.base_model_uuid = row.base_model;
    entry.model_variant = row.model_variant;
    entry.hyperparameters = read<Hyperparameters>(row.hyperparameters);
    if (row.state != TrainingState::queued) { // else it is the one that was asked, or had it, before
        entry.trainer_id = row.trainer;
        entry.trainer_name = row.trainer_name;
    }
    entry.trainer_state = row.trainer_state;
    entry.errors = read<std::map<std::string, std::string>>(row.errors);
    entry.dataset_revision = row.dataset;
    return entry;
}

TrainingResult result_of(store::TrainingRepository::StoredResult const& stored, std::vector<Category> const& categories)
{
    auto const& row = stored.row;
    TrainingResult result;
    result.model_id = row.model;
    if (stored.model) {
        result.model_version = stored.model->version;
        result.formats = stored.model->formats;
    }
    result.received = row.received;
    result.best_epoch = row.best_epoch;
    result.train_image_count = row.train_image_count;
    result.test_image_count = row.test_image_count;
    result.hyperparameters = read<Hyperparameters>(row.hyperparameters);
    double sum = 0;
    for (auto const& [id, counts] : read<std::map<std::string, CategoryCounts>>(row.confusion_matrix)) {
        result.categories.push_back(score_of(id, counts, categories));
        sum += result.categories.back().f1;
    }
    result.f1 = ratio(sum, static_cast<double>(result.categories.size()));
    return result;
}

} // namespace learning_loop
