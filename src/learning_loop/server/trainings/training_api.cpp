#include "learning_loop/server/trainings/training_api.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/training_list.h"
#include "learning_loop/http/api/exact_json.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/json/json.h"
#include "learning_loop/server/projects/project_lookup.h"
#include "learning_loop/server/trainings/connected_trainers.h"
#include "learning_loop/server/trainings/dataset_snapshots.h"
#include "learning_loop/server/trainings/new_training.h"
#include "learning_loop/server/trainings/trainer_states.h"
#include "learning_loop/server/trainings/training_path.h"
#include "learning_loop/server/trainings/training_reports.h"
#include "learning_loop/server/trainings/trainings.h"
#include "learning_loop/store/project_repository.h"

#include <algorithm>

namespace learning_loop {
namespace {

constexpr std::int64_t max_trainings_told = 1000;
constexpr std::size_t max_charts_told = 100;
constexpr std::int64_t max_results_in_a_chart = 20;
constexpr std::int64_t max_results_told = 1000;

Error no_dataset(store::TrainingRow const& row)
{
    return {Errc::not_found,
            "the training " + std::to_string(row.training_number) + " has no dataset yet: it has not begun"};
}

/// The numbers of those whose results are listed.
std::vector<std::int64_t> newest(std::vector<store::TrainingRow> const& rows)
{
    std::vector<std::int64_t> numbers;
    for (auto const& row : rows) {
        if (numbers.size() < max_charts_told) numbers.push_back(row.number);
    }
    return numbers;
}

class TrainingApi {
public:
    explicit TrainingApi(TrainingApiParts const& parts) : parts_(parts) {}

    void add_to(http::Router& router)
    {
        using http::Access;
        router.get(loop_api::trainings, *this, &TrainingApi::list)
            .open_to(Access::nodes)
            .summary("The project's trainings and the trainers; the newest is first.");
        router.post(loop_api::trainings, *this, &TrainingApi::add)
            .open_to(Access::people)
            .summary("Queues a training; the next idle trainer that fits begins it.");
        router.get(loop_api::training, *this, &TrainingApi::describe)
            .open_to(Access::nodes)
            .summary("A training with all that it told of its models.");
        router.post(loop_api::training_stop, *this, &TrainingApi::stop)
            .open_to(Access::people)
            .summary("Asks the trainer to end with the model that it has.");
        router.post(loop_api::training_abort, *this, &TrainingApi::abort)
            .open_to(Access::people)
            .summary("Ends the training at once.");
        router.get(loop_api::dataset, *this, &TrainingApi::dataset)
            .open_to(Access::nodes)
            .summary("What it trains on: a line of JSON with the categories and the split, then one for each image.")
            .operation.gives("application/jsonl");
        router.get(loop_api::hyperparameters, *this, &TrainingApi::hyperparameters)
            .open_to(Access::nodes)
            .summary("The hyperparameters of trainings that tell no others.");
        router.put(loop_api::hyperparameters, *this, &TrainingApi::set_hyperparameters)
            .open_to(Access::people)
            .summary("Replaces them.");
    }

private:
    Task<Result<TrainingList>> list(store::Project project)
    {
        auto const rows = co_await parts_.repository.all(project.number, max_trainings_told);
        if (!rows) co_return rows.error();
        auto const results = co_await parts_.repository.results(newest(*rows), max_results_in_a_chart);
        if (!results) co_return results.error();
        TrainingList list;
        for (auto const& row : *rows) {
            list.trainings.push_back(told(row));
            auto const found = results->find(row.number);
            if (found == results->end() || found->second.empty()) continue;
            TrainingChart chart{row.training_number, {}};
            for (auto const& result : found->second) chart.data.push_back(result_of(result, project.categories));
            std::ranges::reverse(chart.data);
            list.charts.push_back(std::move(chart));
        }
        list.trainers = trainers();
        co_return list;
    }

    Task<Result<TrainingReport>> add(http::FromExactJson<NewTraining> wanted, store::Project project,
                                     http::Caller caller)
    {
        auto const row = co_await parts_.trainings.add(project, std::move(wanted.value), caller.name);
        if (!row) co_return row.error();
        log::info("{}/{}: the training {} was queued by {}", project.organization, project.name, row->training_number,
                  log::value(caller.name));
        co_return TrainingReport{told(*row), {}};
    }

    Task<Result<TrainingReport>> describe(http::FromPath<TrainingPath> path, store::Project project)
    {
        auto const row = co_await require_training(parts_.repository, project, path->training);
        if (!row) co_return row.error();
        std::vector numbers{row->number}; // not in the call, where GCC 12 cannot keep it while it waits
        auto const results = co_await parts_.repository.results(std::move(numbers), max_results_told);
        if (!results) co_return results.error();
        TrainingReport report{told(*row), {}};
        for (auto const& result : results->at(row->number))
            report.results.push_back(result_of(result, project.categories));
        co_return report;
    }

    Task<Result<TrainingReport>> stop(http::FromPath<TrainingPath> path, store::Project project, http::Caller caller)
    {
        return end(std::move(path), std::move(project), std::move(caller), TrainingEnd::stop);
    }
    Task<Result<TrainingReport>> abort(http::FromPath<TrainingPath> path, store::Project project, http::Caller caller)
    {
        return end(std::move(path), std::move(project), std::move(caller), TrainingEnd::abort);
    }
    Task<Result<TrainingReport>> end(http::FromPath<TrainingPath> path, store::Project project, http::Caller caller,
                                     TrainingEnd how)
    {
        auto const row = co_await require_training(parts_.repository, project, path->training);
        if (!row) co_return row.error();
        auto const ended = co_await parts_.trainings.end(*row, how, caller.name);
        if (!ended) co_return ended.error();
        co_return co_await describe(std::move(path), std::move(project));
    }

    Task<Result<http::Response>> dataset(http::FromPath<TrainingPath> path, store::Project project)
    {
        auto const row = co_await require_training(parts_.repository, project, path->training);
        if (!row) co_return row.error();
        if (!row->dataset) co_return no_dataset(*row);
        http::Response response;
        response.content_type = "application/jsonl";
        response.body = http::FileBody{parts_.datasets.path_of(project, *row->dataset), "\"" + *row->dataset + "\""};
        co_return response;
    }

    Task<Result<Hyperparameters>> hyperparameters(store::Project project)
    {
        co_return default_hyperparameters(project);
    }

    Task<Result<Hyperparameters>> set_hyperparameters(http::FromJson<Hyperparameters> set, store::Project project)
    {
        if (auto const good = check_hyperparameters(set.value); !good) co_return good.error();
        auto const kept = co_await parts_.projects.set_hyperparameters(project.number, to_text(to_json(set.value)));
        if (!kept) co_return kept.error();
        co_return std::move(set.value);
    }

    /// With what only its trainer knows, and why it waits.
    TrainingEntry told(store::TrainingRow const& row) const
    {
        auto entry = entry_of(row);
        if (row.state == TrainingState::queued && !entry.reason) entry.reason = why_it_waits(row);
        if (row.ended || !row.trainer || row.state == TrainingState::queued) return entry;
        entry.progress = parts_.trainings.progress_of(row.number);
        if (find_trainer_of(row, parts_.trainers)) return entry;
        auto const* node = parts_.nodes.find(store::NodeKind::trainer, *row.trainer);
        bool const is_its = node && !node->is_connected(); // else somebody has forgotten it
        entry.trainer_lost_since = is_its ? node->row.last_seen : row.begun.value_or(row.created);
        return entry;
    }

    /// nullopt: its turn has not come.
    std::optional<std::string> why_it_waits(store::TrainingRow const& row) const
    {
        auto const trainers = parts_.trainers.connected();
        if (trainers.empty()) return "no trainer is connected";
        if (row.wanted_trainer) {
            if (parts_.trainers.find(*row.wanted_trainer)) return std::nullopt;
            return "the trainer " + printable(*row.wanted_trainer) + " is not connected";
        }
        if (row.base_model || row.model_variant.empty()) return std::nullopt;
        auto const has_it = [&](Trainer const* trainer) { return has_variant(*trainer, row.model_variant); };
        if (std::ranges::any_of(trainers, has_it)) return std::nullopt;
        return "no trainer that is connected has the model variant '" + printable(row.model_variant) + "'";
    }

    std::vector<TrainerEntry> trainers() const
    {
        std::vector<TrainerEntry> trainers;
        for (auto const* node : parts_.nodes.all()) {
            if (node->row.kind == store::NodeKind::trainer) trainers.push_back(trainer_entry(*node));
        }
        return trainers;
    }

    TrainingApiParts parts_;
};

} // namespace

void add_training_api(http::Router& router, TrainingApiParts const& parts)
{
    router.keep<TrainingApi>(parts);
}

} // namespace learning_loop
