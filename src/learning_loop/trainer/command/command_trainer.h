#pragma once

#include "learning_loop/trainer/command/command_template.h"
#include "learning_loop/trainer/command/epoch_table.h"
#include "learning_loop/trainer/command/progress_lines.h"
#include "learning_loop/trainer/command/trainer_file.h"
#include "learning_loop/trainer/logic/trainer_logic.h"

#include <optional>
#include <string>

namespace learning_loop {

/// Trains with a program of others, as a trainer file describes it.
class CommandTrainer final : public TrainerLogic {
public:
    /// The file was checked, as `read_trainer_file` does. `here`: the folder in which it lies.
    CommandTrainer(TrainerFile file, std::filesystem::path here);

    std::string format() const override { return file_.trainer.format; }
    std::string architecture() const override { return file_.trainer.architecture; }
    std::vector<PretrainedModel> pretrained_models() const override { return file_.pretrained_models; }

    /// Writes the dataset in the layout that the program wants, which may take a while.
    Result<Command> start(Training const& training) override;
    Result<std::optional<Command>> resume(Training const& training) override;
    TrainingProgress progress(Training const& training) override;
    Result<std::optional<BestState>> find_best_state(Training const& training,
                                                     std::optional<BestState> const& last) override;
    Result<std::optional<Command>> detect_program(Training const& training, DetectionJob const& job) override;
    Result<void> collect_detections(Training const& training, DetectionJob const& job) override;
    bool detects() const override { return !file_.commands.detect.empty(); }

private:
    /// What is known of the training that runs.
    struct Followed {
        std::string id;
        ProgressLines lines;
        std::optional<EpochTable> table;
    };

    Followed& follow(Training const& training);
    Result<std::string> variant_of(Training const& training) const;
    Result<PlaceholderValues> values_of(Training const& training) const;
    Result<Command> command_to_train(Training const& training, std::vector<std::string> const& arguments,
                                     std::optional<std::string> base_model);

    TrainerFile file_;
    std::filesystem::path here_;
    std::optional<Followed> followed_;
};

} // namespace learning_loop
