#pragma once

#include "learning_loop/trainer/command/trainer_file.h"
#include "learning_loop/trainer/logic/training.h"
#include "learning_loop/trainer/process/log_tail.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// Follows a table that a program appends a line to for each epoch: values with commas between them, below a line with
/// the names of the columns. Blocks.
class EpochTable {
public:
    /// `epochs`: how many there will be, if that is known.
    EpochTable(std::filesystem::path file, ProgressSection section, std::optional<double> epochs);

    /// To be called before `progress`: it tells what was known then.
    void read_new();

    TrainingProgress const& progress() const { return progress_; }

private:
    void take(std::string_view line);
    std::optional<double> value_of(std::vector<std::string_view> const& cells, std::string const& column) const;

    LogTail tail_;
    ProgressSection section_;
    std::optional<double> epochs_;
    std::vector<std::string> columns_;
    TrainingProgress progress_;
};

} // namespace learning_loop
