#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/trainer/logic/training.h"
#include "learning_loop/trainer/process/command.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// What the author of a trainer node provides. The node does the rest: it downloads the images, runs the process, keeps
/// the best state and brings it to the Loop, and goes on after a crash. One training at a time. The functions are
/// called on one thread, which may block; after a restart those of a new object are called for the same training: what
/// must not be forgotten belongs into the training's folder. What they throw counts as an error.
class TrainerLogic {
public:
    virtual ~TrainerLogic() = default;

    /// Of the models that it continues and detects with: a name that is_name (base/ids.h) takes.
    virtual std::string format() const = 0;
    virtual std::string architecture() const = 0; ///< For people.

    /// What people may choose to begin with.
    virtual std::vector<PretrainedModel> pretrained_models() const { return {}; }

    /// The process that trains, in the training's folder. Its output goes to `last_training.log` there. Exit status 0
    /// means that it is done. Errors: invalid_argument and unprocessable end the training, as for hyperparameters that
    /// make no sense; after others it is tried again.
    virtual Result<Command> start(Training const& training) = 0;

    /// The process that goes on where an earlier one ended; nullopt: there is nothing to go on with, so `start` it.
    /// Errors as `start`.
    virtual Result<std::optional<Command>> resume(Training const& training);

    /// Asked every few seconds while the process runs.
    virtual TrainingProgress progress(Training const& training) = 0;

    /// A state that is better than `last`, the last one that the Loop has been told of; nullopt: there is none. Asked
    /// every few seconds while the process runs, and once more at its end. Where `start` had to begin from scratch, a
    /// state is passed over unless its mean F1 is above what was reached before: `last->mark` is then that of the state
    /// passed over, all else of `last` that of the one the Loop knows.
    virtual Result<std::optional<BestState>> find_best_state(Training const& training,
                                                             std::optional<BestState> const& last) = 0;

    /// The files to upload, of all formats. `best`: the state that the Loop has been told of last; its files are the
    /// copies that the node keeps. By default those, in the format of this trainer. Errors as `start`.
    virtual Result<ModelFiles> collect_model_files(Training const& training, BestState const& best);

    /// Why the process failed, in words that help; nullopt: the node finds words by itself. `last_lines`: of its log.
    virtual std::optional<std::string> explain_failure(Training const& training, std::string_view last_lines);

    /// A program that detects in all images of a list; nullopt, the default: `detect` is called instead.
    virtual Result<std::optional<Command>> detect_program(Training const& training, DetectionJob const& job);

    /// Called after `detect_program` has ended well, before its lines are read: appends to `job.detections` what the
    /// program left in another form. By default nothing.
    virtual Result<void> collect_detections(Training const& training, DetectionJob const& job);

    /// What the model finds in some images, in their order; coordinates are pixels of the upright image. `category_id`
    /// and `model_name` may be left empty. By default nothing, and no image counts as looked at.
    virtual Result<std::vector<Detections>> detect(Training const& training, ModelInformation const& model,
                                                   std::vector<std::filesystem::path> const& images);

    /// Whether `detect_program` or `detect` does anything; without, the Loop gets no detections.
    virtual bool detects() const { return true; }
};

} // namespace learning_loop
