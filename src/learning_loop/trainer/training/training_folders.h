#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/trainer/logic/training.h"
#include "learning_loop/trainer/training/training_record.h"

#include <filesystem>
#include <string>

// Where a trainer keeps what belongs to a training, below its data folder. All functions that touch the disk block;
// whatever fails for another reason than a full disk throws std::system_error.

namespace learning_loop {

/// The places of one training.
struct TrainingFolders {
    TrainingFolders(std::filesystem::path const& data_folder, TrainingRecord const& record);

    std::filesystem::path images;     ///< Of the project: `<id>.jpg`, shared by its trainings.
    std::filesystem::path trainings;  ///< Of the project: a folder for each, named after its id.
    std::filesystem::path training;   ///< That of this one.
    std::filesystem::path dataset;    ///< `dataset.jsonl`
    std::filesystem::path base_model; ///< Made when it is complete.
    std::filesystem::path best;       ///< A folder for each best state whose files are kept.
    std::filesystem::path log;        ///< `last_training.log`
    std::filesystem::path older_log;  ///< `last_training.1.log`: what that held before it became too long.
    std::filesystem::path detections; ///< `detections.jsonl`
    std::filesystem::path model_to_detect_with;
    std::filesystem::path image_list;  ///< `images_to_look_at.txt`
    std::filesystem::path kept_models; ///< Of all trainings: what no Loop has taken.
};

/// What the logic is told of the training.
Training training_of(TrainingFolders const& folders, TrainingRecord const& record);

/// Makes the training's folder and that of the images.
Result<void> make_training_folder(TrainingFolders const& folders);

/// Removes the folders of the project's other trainings.
void remove_other_trainings(TrainingFolders const& folders);

/// Copies the files of a best state into `<best>/<folder>` and tells them as the record has them; what is there is
/// replaced. All is on the disk then. Errors: invalid_argument if a format is no name, if there is no file, one that is
/// no plain file or two of one name; out_of_space.
Result<PublishedState> keep_best_files(TrainingFolders const& folders, BestState const& state,
                                       std::string const& folder);

/// The state as it was told by the logic, its files as the node keeps them.
BestState best_state_of(TrainingFolders const& folders, PublishedState const& kept);

/// Removes the files of all best states but that one.
void remove_best_files_but(TrainingFolders const& folders, std::string const& folder);

/// Puts the best state's files aside, with the reason, in `kept_models`; of those only the newest 20 stay.
Result<void> set_model_aside(TrainingFolders const& folders, TrainingRecord const& record);

/// What stays of a training that has ended: its logs, and if `keep_all` everything but what it detected with.
void tidy_training_folder(TrainingFolders const& folders, bool keep_all);

} // namespace learning_loop
