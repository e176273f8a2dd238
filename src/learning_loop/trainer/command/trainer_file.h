#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/training.h"
#include "learning_loop/trainer/command/hyperparameter_rule.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The file of `learning-loop trainer --command FILE`, as docs/trainer.md explains it for those who write one.

namespace learning_loop {

/// The form in which a program wants its dataset; see layouts.h.
enum class DatasetLayout { loop, yolo, coco };
BOOST_DESCRIBE_ENUM(DatasetLayout, loop, yolo, coco)

/// [trainer]
struct TrainerSection {
    std::string format; ///< Of the models that it continues and detects with.
    std::string architecture;
    DatasetLayout layout = DatasetLayout::loop;
    std::optional<std::string> checkpoint; ///< Without this file, of the training's folder, there is nothing to resume.
};
BOOST_DESCRIBE_STRUCT(TrainerSection, (), (format, architecture, layout, checkpoint))

/// [commands]: a program and its arguments each, with placeholders; an empty one is absent.
struct CommandsSection {
    std::vector<std::string> train;
    std::vector<std::string> train_from_base; ///< In place of `train` if there is a model to continue.
    std::vector<std::string> resume;
    std::vector<std::string> detect;
};
BOOST_DESCRIBE_STRUCT(CommandsSection, (), (train, train_from_base, resume, detect))

/// [progress]: of a program that writes a table instead of progress lines. Paths are of the training's folder.
struct ProgressSection {
    std::string csv;                            ///< A line of headings, then a line for each epoch.
    std::string epoch;                          ///< The column that counts epochs.
    std::optional<std::string> epochs;          ///< The hyperparameter that says how many there will be.
    std::map<std::string, std::string> metrics; ///< Column by the name of the metric.
};
BOOST_DESCRIBE_STRUCT(ProgressSection, (), (csv, epoch, epochs, metrics))

/// [best]: of a program that writes no progress lines. Paths are of the training's folder.
struct BestSection {
    std::map<std::string, std::vector<std::string>> files; ///< Weights and what belongs to them, by format.
    std::optional<std::string> detections; ///< What the weights find in the images to select with: a folder of YOLO
                                           ///< texts or a file of lines, which appears as a whole.
    std::optional<double> conf_threshold;  ///< Absent: the trainer chooses it by those detections.
    std::optional<std::string> resolution; ///< The hyperparameter that is the model's.
};
BOOST_DESCRIBE_STRUCT(BestSection, (), (files, detections, conf_threshold, resolution))

/// [detections]: of a command `detect` that writes YOLO texts instead of lines.
struct DetectionsSection {
    std::string folder; ///< Of the texts, `<image id>.txt`; within the training's folder.
};
BOOST_DESCRIBE_STRUCT(DetectionsSection, (), (folder))

struct TrainerFile {
    TrainerSection trainer;
    std::vector<PretrainedModel> pretrained_models;
    std::map<std::string, HyperparameterRule> hyperparameters;
    CommandsSection commands;
    std::optional<ProgressSection> progress;
    std::optional<BestSection> best;
    std::optional<DetectionsSection> detections;
};
BOOST_DESCRIBE_STRUCT(TrainerFile, (),
                      (trainer, pretrained_models, hyperparameters, commands, progress, best, detections))

/// Reads and checks a trainer file. Errors: invalid_argument if it is missing, longer than 1 MiB or wrong; the message
/// names the file, the line, the key and the remedy.
Result<TrainerFile> read_trainer_file(std::filesystem::path const& file);

/// The same for its text; `name` is what messages call the file.
Result<TrainerFile> parse_trainer_file(std::string_view text, std::string const& name);

} // namespace learning_loop
