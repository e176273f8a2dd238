#include "learning_loop/trainer/steps/training_states.h"

#include "learning_loop/node/problems.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace learning_loop {
namespace {

using enum TrainerState;

constexpr std::array steps{
    TrainingStep{initialized, data_downloading, data_downloaded, "prepare"},
    TrainingStep{data_downloaded, train_model_downloading, train_model_downloaded, "download_model"},
    TrainingStep{train_model_downloaded, running, training_finished, "run_training"},
    TrainingStep{training_finished, confusion_matrix_syncing, confusion_matrix_synced, "sync_confusion_matrix"},
    TrainingStep{confusion_matrix_synced, train_model_uploading, train_model_uploaded, "upload_model"},
    TrainingStep{train_model_uploaded, detecting, detected, "detecting"},
    TrainingStep{detected, detection_uploading, ready_for_cleanup, "upload_detections"}};

} // namespace

TrainingStep const& step_after(TrainerState state)
{
    auto const step = std::ranges::find(steps, state, &TrainingStep::before);
    if (step == steps.end()) throw std::logic_error("no step follows the state " + words_of(state));
    return *step;
}

void clear_step_problems(Problems& problems)
{
    for (auto const& step : steps) problems.set(std::string(step.key), std::nullopt);
}

std::string words_of(TrainerState state)
{
    return boost::describe::enum_to_string(state, "?");
}

std::string words_of(TrainingCourse course)
{
    return boost::describe::enum_to_string(course, "?");
}

} // namespace learning_loop
