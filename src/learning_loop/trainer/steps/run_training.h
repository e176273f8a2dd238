#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/trainer/steps/step_outcome.h"
#include "learning_loop/trainer/training/training_record.h"

#include <map>
#include <string>
#include <vector>

namespace learning_loop {

class ActiveTraining;
struct StepTools;
struct TrainingProgress;

/// What people see of the process that trains.
class TrainingWatch {
public:
    static constexpr std::size_t max_points = 500;
    static constexpr std::size_t max_metrics = 7; ///< Beside the F1 of the best states.

    struct Point {
        double x = 0; ///< Epoch, or seconds since the process began if there are none.
        double y = 0;
    };
    using Curves = std::map<std::string, std::vector<Point>>;

    void add(TrainingProgress const& progress, double seconds); ///< Of a curve that gets too long every other point is
                                                                ///< dropped.
    Curves const& curves() const { return curves_; }
    bool has_epochs() const { return has_epochs_; }
    std::vector<std::string> last_lines;     ///< Of the log; the newest is the last.
    std::vector<PublishedScore> last_scores; ///< Of the training before, as long as no other one has begun.

private:
    Curves curves_;
    bool has_epochs_ = false;
};

/// Runs the process that trains, to its end: every second its progress is read, and every five seconds a better state
/// is looked for and told to the Loop; what goes wrong with that is the problem `sync_confusion_matrix` and ends
/// nothing.
Task<StepOutcome> run_training(ActiveTraining& active, StepTools& tools, TrainingWatch& watch);

} // namespace learning_loop
