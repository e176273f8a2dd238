#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/server/trainings/trainer_link.h"

#include <cstdint>
#include <set>
#include <string>

namespace learning_loop {

class OpenTrainings;
class TrainingEnds;
namespace store {
class ProjectRepository;
class TrainingRepository;
} // namespace store

/// Follows trainings by what their trainers report. A training runs once its trainer reports that it is at work, also
/// if its ack was lost; it ends when its trainer reports that it is idle, and never because nothing is heard of it. To
/// be used on the io thread.
class TrainingFollower {
public:
    TrainingFollower(OpenTrainings& open, TrainingEnds& ends, TrainerLink const& trainers,
                     store::TrainingRepository& repository, store::ProjectRepository& projects)
        : open_(open), ends_(ends), trainers_(trainers), repository_(repository), projects_(projects)
    {}

    /// A trainer told of itself. Errors: out_of_space, unavailable.
    Task<Result<void>> on_report(Trainer trainer);

private:
    Task<Result<void>> on_busy(Trainer trainer);
    Task<Result<void>> follow(std::int64_t training, Trainer trainer);
    Task<Result<void>> abort_what_ended(Trainer trainer);
    Task<Result<bool>> is_at_what_ended(Trainer trainer);
    bool works_elsewhere(std::string const& connection, Trainer const& trainer) const;
    Task<Result<void>> on_idle(Trainer trainer);
    Task<Result<void>> conclude(std::int64_t training, Trainer trainer);

    OpenTrainings& open_;
    TrainingEnds& ends_;
    TrainerLink const& trainers_;
    store::TrainingRepository& repository_;
    store::ProjectRepository& projects_;
    std::set<std::string> looked_at_; ///< Connections and states of trainers that were at work on no open training.
    std::set<std::string> idle_;      ///< Connections of trainers that were idle at their last report.
};

} // namespace learning_loop
