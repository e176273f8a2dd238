#include "learning_loop/server/trainings/trainer_states.h"

#include "learning_loop/server/nodes/node_owner.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace learning_loop {

bool is_idle(Trainer const& trainer)
{
    return is_free(trainer) || trainer.status.state == "blocked";
}

bool is_free(Trainer const& trainer)
{
    return trainer.status.state == "idle";
}

bool is_busy(Trainer const& trainer)
{
    constexpr std::array<std::string_view, 4> silent{"", "online", "offline", "unknown state"};
    return !is_idle(trainer) && std::ranges::find(silent, trainer.status.state) == silent.end();
}

bool is_past_training(std::string_view state)
{
    constexpr auto past = std::to_array<std::string_view>(
        {"training_finished", "confusion_matrix_syncing", "confusion_matrix_synced", "train_model_uploading",
         "train_model_uploaded", "detecting", "detected", "detection_uploading", "Training finished",
         "Syncing confusion matrix", "Confusion matrix synced", "Uploading trained model", "Trained model uploaded",
         "Detections calculated", "Uploading detections"}); // those with blanks by 0.7.40
    return is_last(state) || std::ranges::find(past, state) != past.end();
}

bool is_last(std::string_view state)
{
    return state == "ready_for_cleanup" || state == "Cleaning training"; // the latter by 0.7.40
}

bool has_variant(Trainer const& trainer, std::string const& name)
{
    auto const& variants = trainer.status.pretrained_models;
    return std::ranges::find(variants, name, &PretrainedModel::name) != variants.end();
}

bool may_speak_for_trainer(store::TrainingRow const& training, http::Caller const& caller)
{
    return !training.trainer_owner || may_speak_for(*training.trainer_owner, caller);
}

bool is_trainer_of(Trainer const& trainer, store::TrainingRow const& training)
{
    return training.trainer == trainer.status.id && may_speak_for_trainer(training, trainer.caller);
}

Trainer const* find_trainer_of(store::TrainingRow const& training, TrainerLink const& trainers)
{
    auto const* trainer = training.trainer ? trainers.find(*training.trainer) : nullptr;
    return trainer && is_trainer_of(*trainer, training) ? trainer : nullptr;
}

bool may_be_of(Trainer const& trainer, Context const& context)
{
    auto const& told = trainer.status.context;
    return !told || *told == context;
}

} // namespace learning_loop
