#pragma once

#include "learning_loop/data/training.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// What scripts and people tell the Loop of trainings, and what it tells of them.

namespace learning_loop {

enum class TrainingState {
    queued,    ///< Waits for a trainer.
    starting,  ///< A trainer was chosen; it has not confirmed yet.
    running,   ///< A trainer has it.
    completed, ///< The trainer is done, and there is a model.
    aborted,   ///< Somebody ended it; models that it had by then stay.
    failed     ///< It ended without a model; the reason tells why.
};
BOOST_DESCRIBE_ENUM(TrainingState, queued, starting, running, completed, aborted, failed)

/// How somebody wants a training to end.
enum class TrainingEnd {
    stop, ///< With the model that it has by then.
    abort ///< At once.
};
BOOST_DESCRIBE_ENUM(TrainingEnd, stop, abort)

/// The body of `POST .../trainings`.
struct NewTraining {
    std::optional<std::string> base_model_uuid; ///< The model to continue; absent: from scratch.
    std::optional<std::string> model_variant;   ///< A PretrainedModel's name.
    Hyperparameters hyperparameters;            ///< Those of the project hold where these tell nothing.
    std::optional<std::string> trainer_id;      ///< Only this trainer may have it; absent: any that fits.
};
BOOST_DESCRIBE_STRUCT(NewTraining, (), (base_model_uuid, model_variant, hyperparameters, trainer_id))

/// A training in the answer to `GET .../trainings`.
struct TrainingEntry {
    int training_number = 0;
    TrainingState state = TrainingState::queued;
    std::optional<TrainingEnd> requested_end;
    std::optional<std::string> reason; ///< Why it is in this state, if that is not plain.
    std::string created;               ///< In UTC, as all times here.
    std::string created_by;
    std::optional<std::string> begun;
    std::optional<std::string> ended;
    std::optional<std::string> base_model_uuid;
    std::string model_variant;
    Hyperparameters hyperparameters;
    std::optional<std::string> trainer_id;
    std::optional<std::string> trainer_name;
    std::optional<std::string> trainer_state; ///< What its trainer told last, in its own words.
    std::optional<double> progress;           ///< 0 to 1.
    std::map<std::string, std::string> errors;
    std::optional<std::string> trainer_lost_since; ///< The trainer that has it is gone since then.
    std::optional<std::string> dataset_revision;   ///< The SHA-256 of what it trains on; see `.../dataset`.
};
BOOST_DESCRIBE_STRUCT(TrainingEntry, (),
                      (training_number, state, requested_end, reason, created, created_by, begun, ended,
                       base_model_uuid, model_variant, hyperparameters, trainer_id, trainer_name, trainer_state,
                       progress, errors, trainer_lost_since, dataset_revision))

/// How good a model is at one category. What would divide by zero is 0.
struct CategoryScore : CategoryCounts {
    std::string category_id;
    std::string category_name; ///< Empty: the project has no such category any more.
    double precision = 0;
    double recall = 0;
    double f1 = 0;
};
BOOST_DESCRIBE_STRUCT(CategoryScore, (CategoryCounts), (category_id, category_name, precision, recall, f1))

/// What a training told of one of its models.
struct TrainingResult {
    std::string model_id;                     ///< That its files have, or will have.
    std::optional<std::string> model_version; ///< Absent until it has files.
    std::vector<std::string> formats;
    std::string received; ///< When, in UTC.
    std::optional<int> best_epoch;
    std::optional<std::int64_t> train_image_count;
    std::optional<std::int64_t> test_image_count;
    Hyperparameters hyperparameters;
    double f1 = 0; ///< The unweighted mean of the categories.
    std::vector<CategoryScore> categories;
};
BOOST_DESCRIBE_STRUCT(TrainingResult, (),
                      (model_id, model_version, formats, received, best_epoch, train_image_count, test_image_count,
                       hyperparameters, f1, categories))

/// The answer to `POST .../trainings` and `GET .../trainings/{number}`.
struct TrainingReport : TrainingEntry {
    std::vector<TrainingResult> results; ///< The oldest is first.
};
BOOST_DESCRIBE_STRUCT(TrainingReport, (TrainingEntry), (results))

/// The results of one training; the newest is first.
struct TrainingChart {
    int training_number = 0;
    std::vector<TrainingResult> data;
};
BOOST_DESCRIBE_STRUCT(TrainingChart, (), (training_number, data))

/// A trainer, as it told of itself last.
struct TrainerEntry {
    std::string id;
    std::string name;
    std::string state; ///< In its own words; `offline` if it is not connected.
    std::optional<std::string> lost_since;
    std::optional<std::string> architecture;
    std::vector<PretrainedModel> pretrained_models;
};
BOOST_DESCRIBE_STRUCT(TrainerEntry, (), (id, name, state, lost_since, architecture, pretrained_models))

/// The answer to `GET .../trainings`; the newest is first.
struct TrainingList {
    std::vector<TrainingChart> charts; ///< Of the newest 100 trainings, those that have results.
    std::vector<TrainerEntry> trainers;
    std::vector<TrainingEntry> trainings;
};
BOOST_DESCRIBE_STRUCT(TrainingList, (), (charts, trainers, trainings))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<NewTraining>();
extern template JsonType const& json_type<TrainingEntry>();
extern template JsonType const& json_type<TrainingResult>();
extern template JsonType const& json_type<TrainingReport>();
extern template JsonType const& json_type<TrainingList>();

} // namespace learning_loop
