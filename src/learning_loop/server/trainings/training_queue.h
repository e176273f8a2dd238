#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/async/turn.h"
#include "learning_loop/base/error.h"
#include "learning_loop/server/trainings/trainer_link.h"
#include "learning_loop/store/project.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

class DatasetSnapshots;
class OpenTrainings;
class TrainingEnds;
struct OpenTraining;
namespace store {
class ProjectRepository;
class TrainingRepository;
struct TrainingRow;
} // namespace store

/// Gives the trainings that wait to idle trainers that fit, the oldest first. To be used on the io thread.
class TrainingQueue {
public:
    struct Parts {
        OpenTrainings& open;
        TrainingEnds& ends;
        store::TrainingRepository& repository;
        store::ProjectRepository& projects;
        DatasetSnapshots& datasets;
        TrainerLink& trainers;
    };

    TrainingQueue(boost::asio::any_io_executor executor, Parts const& parts)
        : parts_(parts), tasks_(std::move(executor))
    {}

    Task<> run();    ///< Until it is cancelled.
    Task<> finish(); ///< Ends what is under way. To be called once, when `run` was cancelled.

private:
    Task<Result<void>> dispatch();
    std::vector<std::string> free_trainers() const;
    Task<Result<std::optional<std::string>>> assign(std::int64_t training, std::vector<std::string> const& free);
    Trainer const* choose(OpenTraining const& training, std::optional<std::string> const& architecture,
                          std::vector<std::string> const& free) const;
    Task<Result<void>> give(std::int64_t training, Trainer trainer);
    Task<> begin(std::int64_t training, std::string trainer);
    Task<Result<void>> try_begin(std::int64_t training, std::string trainer, bool& has_answered);
    Task<Result<std::optional<boost::json::object>>> prepare(std::int64_t training);
    Task<Result<bool>> keep_dataset(std::int64_t training, std::string revision);
    Task<> discard_unless_used(store::Project project, std::optional<std::string> hash);
    Task<Result<void>> settle(std::int64_t training, std::string trainer, BeginAnswer answer);
    Task<Result<void>> put_back(std::int64_t training, std::string trainer, std::string reason);
    Task<Result<void>> run_on(std::int64_t training);

    Parts parts_;
    std::map<std::string, std::chrono::steady_clock::time_point> paused_; ///< Trainers that refused, until when.
    Turn preparing_{"the datasets of trainings", 1000}; ///< One is kept, and others are discarded, at a time.
    TaskGroup tasks_;
};

} // namespace learning_loop
