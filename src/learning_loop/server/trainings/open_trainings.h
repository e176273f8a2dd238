#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/task.h"
#include "learning_loop/async/turn.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/context.h"
#include "learning_loop/data/training_list.h"
#include "learning_loop/server/models/models_changed.h"
#include "learning_loop/store/training_repository.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace learning_loop {

struct Trainer;

/// A training that has not ended.
struct OpenTraining {
    store::TrainingRow row;
    Context context;
    bool is_beginning = false;      ///< We are about to ask the trainer, or wait for its answer.
    std::string busy_connection{};  ///< On which its trainer told last that it has it.
    std::string asked_to_end{};     ///< The connection on which its trainer was asked last, and its state then.
    std::set<std::string> losers{}; ///< Trainers that had it before, and lost it.
    std::optional<double> progress{};
    std::chrono::steady_clock::time_point accepted{}; ///< When its trainer took it, in this process.
};

/// `organization/project: the training 7`, for the log.
std::string named(OpenTraining const& training);

/// The trainings of all projects that have not ended. They are in memory, so that what a trainer reports is compared at
/// once; what changes is in the database before it counts. Whoever changes one must have the turn; a pointer to one is
/// good until the next wait. To be used on the io thread.
class OpenTrainings {
public:
    static constexpr std::size_t max_open = 1000; ///< Of all projects together.

    /// Blocks, and nobody may use the repository's lanes yet. `changed` is called when a training has ended.
    OpenTrainings(boost::asio::any_io_executor executor, store::TrainingRepository& repository, ModelsChanged changed);

    Task<Result<Turn::Held>> wait_for_turn() { return turn_.take(); } ///< Errors: unavailable if too many wait.

    OpenTraining* find(std::int64_t number);           ///< By the number of its row; null: it has ended.
    OpenTraining* find_of(std::string const& trainer); ///< The one that the trainer has.
    /// One that waits, but that the trainer was asked for, or had: it may have taken it, or not have lost it.
    OpenTraining* find_queued_of(std::string const& trainer, Context const& context);
    bool was_lost_by(Trainer const& trainer) const; ///< Whether one of them was, and another trainer has it now.
    std::vector<std::int64_t> numbers() const;      ///< The oldest is first.
    std::set<std::string> trainers() const;         ///< Those that have one.
    bool is_any_queued() const;
    bool has_room() const { return open_.size() < max_open; }

    void add(store::TrainingRow row, Context context);
    void forget(std::int64_t number);

    Task<Result<void>> keep(store::TrainingRow row); ///< Changes the row in the database, and then here.

    /// It waits for a trainer again; one that was given to several trainers already has failed.
    Task<Result<void>> queue_again(std::int64_t number, std::string reason);
    Task<Result<void>> finish(std::int64_t number, TrainingState state, std::optional<std::string> reason);

    void wake() { pause_.wake(); } ///< There may be a training for a trainer.
    Task<> wait(std::chrono::milliseconds longest) { return pause_.sleep(longest); } ///< Until then.

private:
    store::TrainingRepository& repository_;
    ModelsChanged changed_;
    std::map<std::int64_t, OpenTraining> open_;
    Turn turn_{"the trainings", 10'000};
    Pause pause_;
};

/// Whether the trainer of that id has the training.
bool is_with(store::TrainingRow const& row, std::string const& trainer);

} // namespace learning_loop
