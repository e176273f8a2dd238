#pragma once

#include "learning_loop/async/task_group.h"
#include "learning_loop/data/training_list.h"
#include "learning_loop/server/trainings/trainer_link.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace learning_loop {

class OpenTrainings;
struct OpenTraining;

/// Asks trainers to end their trainings, without waiting for them: their reports tell when they have. To be used on
/// the io thread.
class TrainingEnds {
public:
    TrainingEnds(boost::asio::any_io_executor executor, OpenTrainings& open, TrainerLink& trainers)
        : open_(open), trainers_(trainers), tasks_(std::move(executor))
    {}

    /// As somebody has wished: once in each state of the trainer, since some states let a stop pass without effect, and
    /// once on each connection, since a trainer that was gone does not know it yet. A stop is not asked for when the
    /// training is over and its model on its way: it ends with that by itself.
    void ask(OpenTraining& training, Trainer const& trainer);

    /// Whatever it is at. `not_heard` is called if it has not heard that.
    void abort(std::string const& trainer, std::function<void()> not_heard = {});

    Task<> finish(); ///< To be called once, at the end.

private:
    Task<> ask(std::int64_t training, std::string trainer, TrainingEnd how);
    Task<> abort_now(std::string trainer, std::function<void()> not_heard);

    OpenTrainings& open_;
    TrainerLink& trainers_;
    TaskGroup tasks_;
};

} // namespace learning_loop
