#pragma once

#include "learning_loop/trainer/logic/training.h"
#include "learning_loop/trainer/process/log_tail.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// Follows the file to which a program appends its progress lines, which docs/trainer.md explains. What makes no sense
/// is told once in the log, and passed over. Blocks.
class ProgressLines {
public:
    /// What is told of other categories is left out.
    ProgressLines(std::filesystem::path file, std::vector<Category> const& categories);

    /// To be called before the others: they tell what was known then.
    void read_new();

    TrainingProgress const& progress() const { return progress_; }

    /// That of the newest line which tells one. Its files are as the line names them: nobody has looked at them.
    std::optional<BestState> const& best() const { return best_; }

private:
    Result<void> take(std::string_view line);
    void complain(std::string_view what);

    LogTail tail_;
    std::set<std::string> category_ids_;
    TrainingProgress progress_;
    std::optional<BestState> best_;
    std::set<std::string> complaints_; ///< The first few.
};

} // namespace learning_loop
