#pragma once

#include "learning_loop/data/training_list.h"
#include "learning_loop/store/training_repository.h"

#include <vector>

// What is told of trainings, of the rows that are kept.

namespace learning_loop {

/// Without what only the trainer knows: its progress, and whether it is lost.
TrainingEntry entry_of(store::TrainingRow const& row);

/// `categories` are those of the project.
TrainingResult result_of(store::TrainingRepository::StoredResult const& result,
                         std::vector<Category> const& categories);

} // namespace learning_loop
