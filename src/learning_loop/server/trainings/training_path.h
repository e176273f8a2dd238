#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/http/caller.h"
#include "learning_loop/store/project.h"
#include "learning_loop/store/training_repository.h"

#include <boost/describe/class.hpp>

#include <string>

namespace learning_loop {

struct TrainingPath {
    std::string training; ///< Its number in the project.
};
BOOST_DESCRIBE_STRUCT(TrainingPath, (), (training))

/// Errors: not_found if the project has no such training; the message has the remedy.
Task<Result<store::TrainingRow>> require_training(store::TrainingRepository& trainings, store::Project const& project,
                                                  std::string const& number);

/// The training that a trainer uploads a model of. Errors: not_found also if it takes no models: nobody has it yet, or
/// it was aborted.
Task<Result<store::TrainingRow>> require_for_upload(store::TrainingRepository& trainings, store::Project const& project,
                                                    std::string const& number);

/// Errors: forbidden if the caller may not speak for the trainer that has, or had, the training.
Result<void> check_trainer(store::TrainingRow const& training, http::Caller const& caller);

} // namespace learning_loop
