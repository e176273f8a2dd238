#pragma once

#include "learning_loop/data/context.h"
#include "learning_loop/server/trainings/trainer_link.h"
#include "learning_loop/store/training_tables.h"

#include <string>
#include <string_view>

// What the words mean in which trainers of all generations tell of their state.

namespace learning_loop {

bool is_idle(Trainer const& trainer); ///< It has no training.
bool is_free(Trainer const& trainer); ///< The same, and it could have one: who is `blocked` has no GPU.
bool is_busy(Trainer const& trainer); ///< It is at work; some words tell neither.

/// Whether the process that trains has ended, so that what is left to do is to bring its model home.
bool is_past_training(std::string_view state);

/// Whether this state is the last one of a training, which the trainer does not try again, whatever went wrong.
bool is_last(std::string_view state);

bool has_variant(Trainer const& trainer, std::string const& name); ///< Among those that a training may begin with.

/// Whether the caller may speak for the trainer that has, or had, the training.
bool may_speak_for_trainer(store::TrainingRow const& training, http::Caller const& caller);

/// Ids can be used by others once somebody has forgotten a node: whether this is the one that has, or had, the
/// training.
bool is_trainer_of(Trainer const& trainer, store::TrainingRow const& training);

/// The one that has, or had, the training. Null: it is not connected.
Trainer const* find_trainer_of(store::TrainingRow const& training, TrainerLink const& trainers);

/// Whether its training may be one of that project. Trainers of old do not tell.
bool may_be_of(Trainer const& trainer, Context const& context);

} // namespace learning_loop
