#pragma once

#include "learning_loop/data/category.h"
#include "learning_loop/data/context.h"

#include <cstdint>
#include <map>
#include <vector>

// What a trainer and its Loop tell each other about a training.

namespace learning_loop {

/// Where a trainer stands. A training goes from `initialized` to `ready_for_cleanup`, in this order.
enum class TrainerState {
    idle,
    blocked,          ///< Idle, but a sibling on the same GPU trains.
    waiting_for_slot, ///< A training that was resumed waits for such a sibling.
    initialized,
    data_downloading,
    data_downloaded,
    train_model_downloading,
    train_model_downloaded,
    running,
    training_finished,
    confusion_matrix_syncing,
    confusion_matrix_synced,
    train_model_uploading,
    train_model_uploaded,
    detecting,
    detected,
    detection_uploading,
    ready_for_cleanup
};
BOOST_DESCRIBE_ENUM(TrainerState, idle, blocked, waiting_for_slot, initialized, data_downloading, data_downloaded,
                    train_model_downloading, train_model_downloaded, running, training_finished,
                    confusion_matrix_syncing, confusion_matrix_synced, train_model_uploading, train_model_uploaded,
                    detecting, detected, detection_uploading, ready_for_cleanup)

/// A model that a training may begin with.
struct PretrainedModel {
    std::string name; ///< What TrainingDetails::model_variant says to choose it.
    std::string label;
    std::string description;
};
BOOST_DESCRIBE_STRUCT(PretrainedModel, (), (name, label, description))

/// The event `update_trainer`.
struct TrainingStatus {
    std::string id; ///< Of the node.
    std::string name;
    std::string state;                         ///< The name of a TrainerState; trainers of old have words of their own.
    std::optional<double> uptime;              ///< Seconds.
    std::map<std::string, std::string> errors; ///< What is wrong, by the step that failed; empty when all is well.
    std::optional<double> progress;            ///< 0 to 1.
    std::vector<PretrainedModel> pretrained_models;
    std::optional<std::string> architecture;
    std::optional<Context> context; ///< Of the training; absent without one.
};
BOOST_DESCRIBE_STRUCT(TrainingStatus, (),
                      (id, name, state, uptime, errors, progress, pretrained_models, architecture, context))

/// Numbers, texts or truths by name. They go back to the Loop as they came, plus what the trainer chose.
using Hyperparameters = std::map<std::string, boost::json::value>;

/// The third argument of the event `begin_training`.
struct TrainingDetails {
    std::vector<Category> categories;
    int training_number = 0;
    std::string model_variant; ///< A PretrainedModel's name; may be empty.
    Hyperparameters hyperparameters;
    std::optional<std::string> base_model_uuid; ///< Absent, or no uuid: the training begins from scratch.
};
BOOST_DESCRIBE_STRUCT(TrainingDetails, (),
                      (categories, training_number, model_variant, hyperparameters, base_model_uuid))

/// Errors: invalid_argument if it is malformed. If a field is missing or of the wrong kind, the message is the one that
/// peers expect in the acknowledgement, as `training_number missing or not an int`; within the categories it names the
/// path.
template <>
struct JsonForm<TrainingDetails> {
    static Result<TrainingDetails> from_json(boost::json::value const& value, JsonPath const& path);
};

/// How often a model was right and wrong about one category.
struct CategoryCounts {
    std::int64_t tp = 0; ///< Found, and there.
    std::int64_t fp = 0; ///< Found, but not there.
    std::int64_t fn = 0; ///< There, but not found.
};
BOOST_DESCRIBE_STRUCT(CategoryCounts, (), (tp, fp, fn))

/// The third argument of the event `update_training`: a better model than the ones before.
struct TrainingOut {
    std::string trainer_id;
    std::optional<std::string> trainer_name;                ///< Absent from trainers of old.
    std::map<std::string, CategoryCounts> confusion_matrix; ///< By the category's id.
    std::optional<std::int64_t> train_image_count;          ///< Those to train and to select the model with.
    std::optional<std::int64_t> test_image_count;
    Hyperparameters hyperparameters;
    std::optional<int> best_epoch;
};
BOOST_DESCRIBE_STRUCT(TrainingOut, (),
                      (trainer_id, trainer_name, confusion_matrix, train_image_count, test_image_count, hyperparameters,
                       best_epoch))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<PretrainedModel>();
extern template JsonType const& json_type<TrainingStatus>();
extern template JsonType const& json_type<TrainingDetails>();
extern template JsonType const& json_type<CategoryCounts>();
extern template JsonType const& json_type<TrainingOut>();

} // namespace learning_loop
