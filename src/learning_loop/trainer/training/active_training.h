#pragma once

#include "learning_loop/trainer/process/guarded_process.h"
#include "learning_loop/trainer/training/training_folders.h"
#include "learning_loop/trainer/training/training_record.h"
#include "learning_loop/trainer/training/training_store.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace learning_loop {

/// The training that a trainer has: its record, and what only this process knows of it. To be used on the io thread.
class ActiveTraining {
public:
    /// `changed` is called when people and the Loop would see something new.
    ActiveTraining(TrainingRecord record_, std::filesystem::path const& data_folder, TrainingStore& store,
                   std::function<void()> changed);

    Training view() const; ///< For the logic.

    /// Makes the record as it is now durable. Errors: as TrainingStore::save.
    Task<Result<void>> save();

    /// What is being done now, and with progress 0; the record's own state is the last one that was reached.
    void begin(TrainerState state);
    TrainerState state() const { return state_; }

    void set_progress(std::optional<double> progress); ///< 0 to 1, of this state.
    std::optional<double> progress() const { return progress_; }

    /// When the progress of this state was 0, in UTC; nullopt: it began somewhere in the middle.
    std::optional<std::string> progress_since() const;

    /// SIGTERM now and SIGKILL after the grace; waits until nothing of the process is left. Does nothing if none runs.
    Task<> end_process(std::chrono::milliseconds grace);

    /// The same when the node ends, and somebody may still look at the process. Returns whether nothing is left of it.
    Task<bool> stop_process(std::chrono::milliseconds grace);

    /// Waits until what an earlier node, or a step that was aborted, has started writes nothing any more.
    Task<> wait_for_left_process();

    bool is_syncing = false; ///< A better state is being told; one at a time.
    std::optional<std::string>
        passed_over; ///< Mark of a state that was looked at, and is not better than the best one.
    TrainingRecord record;
    TrainingFolders folders;
    std::unique_ptr<GuardedProcess> process; ///< Null: none runs. It outlives the step that began it: whoever ends the
                                             ///< training waits until nothing of it is left.
private:
    TrainingStore& store_;
    std::function<void()> changed_;
    TrainerState state_;
    std::optional<double> progress_;
    std::optional<double> first_progress_;
    std::string since_; ///< When the state began, in UTC.
};

} // namespace learning_loop
