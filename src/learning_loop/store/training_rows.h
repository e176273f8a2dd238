#pragma once

#include "learning_loop/store/new_model.h"
#include "learning_loop/store/training_tables.h"

#include <cstdint>
#include <optional>
#include <string>

// What models have to do with trainings, for the jobs of the repositories. These functions block.

namespace learning_loop::store {

class Database;

/// The model that a training has told of and that has no files yet. It continues the last one of its training or, if it
/// is the first, the one that the training began with. nullopt: no training has told of that id.
std::optional<NewModel> awaited_model(Database& database, std::int64_t project, std::string const& id);

/// A training that has not ended and that began with the model, or has told of it.
std::optional<TrainingRow> find_training_on(Database& database, std::int64_t project, std::string const& model);

} // namespace learning_loop::store
