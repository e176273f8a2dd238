#pragma once

#include "learning_loop/data/training_list.h"
#include "learning_loop/store/columns.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>

// The rows of trainings and of the nodes that are no project's own; see tables.h.

namespace learning_loop::store {

struct TrainingRow {
    std::int64_t number = 0;
    std::int64_t project = 0;
    int training_number = 0; ///< From 1, within its project.
    TrainingState state = TrainingState::queued;
    std::optional<TrainingEnd> requested_end;
    std::optional<std::string> reason; ///< Why it is in this state.
    std::string created;
    std::string created_by;
    std::optional<std::string> begun;
    std::optional<std::string> ended;
    std::optional<std::string> base_model; ///< The id of the model that it continues.
    std::string model_variant;
    std::string hyperparameters;               ///< As they are sent to the trainer, as JSON.
    std::optional<std::string> wanted_trainer; ///< The id of the only one that may have it.
    std::optional<std::string> trainer;        ///< The id of the one that has it, or had it last.
    std::optional<std::string> trainer_name;
    std::optional<std::string> trainer_owner; ///< Who that one is logged in as: nobody else may speak for it.
    std::optional<std::string> architecture;
    std::optional<std::string> trainer_state; ///< What it told last while it had the training.
    std::optional<std::string> errors;        ///< The same, as JSON.
    int attempts = 0;                         ///< How often it was given to a trainer.
    std::optional<std::string> dataset;       ///< The hash of its dataset revision.
};
BOOST_DESCRIBE_STRUCT(TrainingRow, (),
                      (number, project, training_number, state, requested_end, reason, created, created_by, begun,
                       ended, base_model, model_variant, hyperparameters, wanted_trainer, trainer, trainer_name,
                       trainer_owner, architecture, trainer_state, errors, attempts, dataset))
template <>
inline constexpr std::string_view table_of<TrainingRow> = "trainings";

/// What a training told of one of its models.
struct TrainingResultRow {
    std::int64_t number = 0;
    std::int64_t training = 0;
    std::string received;
    std::string confusion_matrix; ///< By the categories' ids, as JSON.
    std::optional<std::int64_t> train_image_count;
    std::optional<std::int64_t> test_image_count;
    std::string hyperparameters; ///< Those that the trainer used, as JSON.
    std::optional<int> best_epoch;
    std::string model; ///< The id that its model has, or will have.
};
BOOST_DESCRIBE_STRUCT(TrainingResultRow, (),
                      (number, training, received, confusion_matrix, train_image_count, test_image_count,
                       hyperparameters, best_epoch, model))
template <>
inline constexpr std::string_view table_of<TrainingResultRow> = "training_results";

/// Nodes that are no project's own.
enum class NodeKind { trainer, annotation_node };
BOOST_DESCRIBE_ENUM(NodeKind, trainer, annotation_node)

struct NodeRow {
    NodeKind kind = NodeKind::trainer;
    std::string id;     ///< What it calls itself; need not be a UUID.
    std::string owner;  ///< Who it logged in as: nobody else may use its id.
    std::string status; ///< Its newest report, as JSON.
    std::string last_seen;
};
BOOST_DESCRIBE_STRUCT(NodeRow, (), (kind, id, owner, status, last_seen))
template <>
inline constexpr std::string_view table_of<NodeRow> = "nodes";

} // namespace learning_loop::store
