#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/trainer/training/training_record.h"

#include <filesystem>
#include <optional>
#include <string>

namespace learning_loop {

/// Keeps the record of the one training that a trainer may have, `last_training__<uuid>.json` in the data folder. What
/// was saved is on the disk, whole. To be used on the io thread.
class TrainingStore {
public:
    TrainingStore(std::filesystem::path const& data_folder, std::string const& node_uuid);

    /// What an earlier process has left; nullopt: nothing. A file that cannot be read is put aside, as
    /// `<name>.broken`, and `problem` tells so. Blocks.
    std::optional<TrainingRecord> load();

    std::optional<std::string> const& problem() const { return problem_; }

    /// Errors: out_of_space if the disk is full, unavailable if it does not work otherwise; the older record stays.
    Task<Result<void>> save(TrainingRecord record);

    /// Errors: as `save`.
    Task<Result<void>> remove();

private:
    std::filesystem::path file_;
    std::optional<std::string> problem_;
    Lane disk_{"the training's record"};
};

} // namespace learning_loop
