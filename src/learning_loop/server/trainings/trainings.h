#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/context.h"
#include "learning_loop/data/training_list.h"
#include "learning_loop/http/caller.h"
#include "learning_loop/server/trainings/open_trainings.h"
#include "learning_loop/server/trainings/trainer_link.h"
#include "learning_loop/server/trainings/training_ends.h"
#include "learning_loop/server/trainings/training_follower.h"
#include "learning_loop/server/trainings/training_queue.h"
#include "learning_loop/store/project.h"
#include "learning_loop/store/training_repository.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace learning_loop {

class DatasetSnapshots;
namespace store {
class ProjectRepository;
}

/// Trainings from their beginning to their end: people ask for them and for their ends, the queue gives them to
/// trainers, and what these report is followed. All of it goes on after a restart. To be used on the io thread.
class Trainings {
public:
    struct Parts {
        store::TrainingRepository& repository;
        store::ProjectRepository& projects;
        DatasetSnapshots& datasets;
        TrainerLink& trainers;
        ModelsChanged changed; ///< Called when a training has ended.
    };

    /// Loads the trainings that have not ended. Blocks, and nobody may use the repositories' lanes yet.
    Trainings(boost::asio::any_io_executor executor, Parts const& parts);

    /// Queues it. Errors: conflict if very many have not ended. unprocessable if a value is wrong; the message names
    /// the field. not_found if the project was deleted meanwhile. out_of_space.
    Task<Result<store::TrainingRow>> add(store::Project project, NewTraining wanted, std::string who);

    /// Asks for its end. One that no trainer has ends at once, and an abort ends also one whose trainer is gone.
    /// Errors: not_found if there is no such training. conflict if it has ended.
    Task<Result<void>> end(store::TrainingRow training, TrainingEnd how, std::string who);

    /// A trainer told of itself. Errors: out_of_space, unavailable.
    Task<Result<void>> on_report(Trainer trainer) { return follower_.on_report(std::move(trainer)); }

    /// What the trainer's training told of a model. Errors: not_found if the trainer has no training in that project.
    /// forbidden if the caller may not speak for that trainer.
    Task<Result<store::TrainingResultRow>> add_result(Context context, TrainingOut result, http::Caller caller);

    /// May the caller add a format to that model? Errors: forbidden if a training makes it, and the caller may not
    /// speak for its trainer.
    Task<Result<void>> check_format_of(std::string model, http::Caller caller);

    /// Its trainings are gone with it; trainers that have one are asked to abort it.
    void forget_project(std::int64_t project);

    /// How far the training is; nullopt: it is not known.
    std::optional<double> progress_of(std::int64_t training);

    Task<> run() { return queue_.run(); } ///< Gives trainings to trainers until it is cancelled.
    Task<> finish();                      ///< Ends what is under way. To be called once, when `run` was cancelled.

private:
    store::TrainingRepository& repository_;
    TrainerLink& trainers_;
    OpenTrainings open_;
    TrainingEnds ends_;
    TrainingFollower follower_;
    TrainingQueue queue_;
};

} // namespace learning_loop
