#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/model.h"
#include "learning_loop/data/training.h"
#include "learning_loop/store/training_tables.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop::store {

class DatabaseLanes;

/// A training that has not ended, and the project that it is of.
struct UnfinishedTraining {
    TrainingRow row;
    std::string organization;
    std::string project;
};

/// The trainings of all projects, which are told by their numbers, and what they told of their models.
class TrainingRepository {
public:
    explicit TrainingRepository(DatabaseLanes& lanes) : lanes_(lanes) {}

    /// Gives it the next training number of its project. Errors: not_found if the project was deleted meanwhile.
    /// unprocessable if it has no model of the id `base_model`.
    Task<Result<TrainingRow>> add(TrainingRow training);

    /// Adds one that has ended, and whose only result is the model of that id; if the model is one of a training
    /// already, nothing. Errors: not_found if the project was deleted meanwhile.
    Task<Result<void>> add_ended(TrainingRow training, std::string model);

    /// Keeps all of the row but what tells which training it is. Errors: not_found if it is gone with its project.
    Task<Result<void>> keep(TrainingRow training);

    /// Those that have not ended, the oldest first. Blocks, and nobody may use the lanes yet.
    std::vector<UnfinishedTraining> open_at_start();

    Task<Result<std::vector<TrainingRow>>> all(std::int64_t project, std::int64_t most); ///< The newest first.
    Task<Result<std::optional<TrainingRow>>> find(std::int64_t project, int training_number);

    /// Adds a result, with a new id for its model. What is the same as the last result is that one once more, since an
    /// answer may have been lost. Of a training with very many results the last one is replaced, unless its model
    /// has files. Errors: not_found if
    /// the training is gone.
    Task<Result<TrainingResultRow>> add_result(std::int64_t training, TrainingOut result);

    /// The last result, which is made, empty, if there is none.
    Task<Result<TrainingResultRow>> last_result(std::int64_t training);

    /// A result and the model that became of it; without one it has no files yet.
    struct StoredResult {
        TrainingResultRow row;
        std::optional<Model> model;
    };
    /// By the numbers of their trainings, the oldest first; of one training at most `most`, the newest ones.
    Task<Result<std::map<std::int64_t, std::vector<StoredResult>>>> results(std::vector<std::int64_t> trainings,
                                                                            std::int64_t most);

    /// The last training that a trainer had, of any project; nullopt: it had none.
    Task<Result<std::optional<TrainingRow>>> last_of_trainer(std::string trainer);

    /// The training that the model is of, as long as it may get files from nobody but that one's trainer: it has none
    /// yet, or the training has not ended. Else nullopt.
    Task<Result<std::optional<TrainingRow>>> find_in_the_making(std::string model);

    /// Whether a training of the project has that dataset.
    Task<Result<bool>> uses_dataset(std::int64_t project, std::string hash);

    /// Whether a model of the training has files.
    Task<Result<bool>> has_model(std::int64_t training);

    /// The architecture of the trainer that made the model; nullopt: it is not known.
    Task<Result<std::optional<std::string>>> architecture_of(std::string model);

private:
    DatabaseLanes& lanes_;
};

} // namespace learning_loop::store
