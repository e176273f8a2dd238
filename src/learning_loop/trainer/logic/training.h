#pragma once

#include "learning_loop/data/category.h"
#include "learning_loop/data/context.h"
#include "learning_loop/data/detections.h"
#include "learning_loop/data/model_information.h"
#include "learning_loop/data/training.h"

#include <boost/json/object.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

// What a trainer node and the logic of its author tell each other about a training.

namespace learning_loop {

/// A training as its logic is told of it. But for `is_running` it stays the same until its end, also in another process
/// after a crash.
struct Training {
    std::string id; ///< A UUID.
    Context project;
    int number = 0; ///< That the Loop gave it, unique in the project.
    std::string model_variant;
    std::vector<Category> categories; ///< In the order of the model's classes.
    Hyperparameters hyperparameters;  ///< As the Loop sent them: numbers may come as texts.
    std::filesystem::path folder;     ///< Its own; the process runs in it and may leave there what it needs to go on.
    std::filesystem::path dataset;    ///< What it learns from, to be read with `read_dataset` (dataset/dataset.h).
    std::filesystem::path images;     ///< `<id>.jpg`, also of images that it does not learn from.
    std::optional<std::filesystem::path> base_model; ///< Folder of the model that it continues, with its
                                                     ///< `base_model.json`; absent: from scratch.
    bool is_running = false; ///< Its process is, at the time of this call: what it writes may not be whole yet.
};

/// A state of the model that is better than those before.
struct BestState {
    std::map<std::string, CategoryCounts> confusion_matrix; ///< By the category's id, on the images to select with.
    std::optional<int> epoch;
    Hyperparameters chosen; ///< What the trainer chose by itself, such as `batch_size`; told beside the Loop's own.
    /// Its weights and what belongs to them, by format; relative ones are of the training's folder. The node keeps
    /// copies. A file may stand in several formats; of two different ones within a format the names must differ.
    std::map<std::string, std::vector<std::filesystem::path>> files;
    boost::json::object description; ///< What goes into its `model.json`, such as `conf_threshold` and `resolution`.
    std::string mark; ///< By which the logic knows the state again; the node keeps it. Empty if it needs none.
};

/// A model that is to be uploaded, by its formats.
struct ModelFiles {
    std::map<std::string, std::vector<std::filesystem::path>> formats; ///< Names as is_name knows them.
    boost::json::object description;                                   ///< As that of BestState.
};

/// How far the process has come.
struct TrainingProgress {
    std::optional<double> fraction; ///< 0 to 1.
    std::optional<double> epoch;
    std::map<std::string, double> metrics; ///< Newest values, such as `loss`; drawn as curves on the node's page.
};

/// What a model is to look at after a training.
struct DetectionJob {
    ModelInformation model;           ///< Its `model_root_path` is the folder of its files, in the trainer's format.
    std::filesystem::path image_list; ///< A text file: one absolute path of an image in each line, `<id>.jpg`.
    std::filesystem::path detections; ///< Where the program appends a line of JSON for each image: a `Detections` with
                                      ///< `image_id`. Lines that stand there already are kept.
};

} // namespace learning_loop
