#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/store/new_model.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The rows of models and of their files, for the jobs of ModelRepository, which tells what they promise. These
// functions block.

namespace learning_loop::store {

class Database;

/// Those that have a file, by their versions.
std::vector<Model> models_of(Database& database, std::int64_t project);

/// The same for one of them.
std::optional<Model> find_model(Database& database, std::int64_t project, std::string const& id);

/// The same for a model of any project.
std::optional<Model> model_of_id(Database& database, std::string const& id);

Result<ModelPlace> reserve_model(Database& database, std::int64_t project, NewModel const& wanted,
                                 ModelContent const& content);
Result<std::optional<ModelPlace>> reserve_format(Database& database, std::int64_t project, std::string const& id,
                                                 ModelContent const& content);
Result<void> add_model_file(Database& database, std::int64_t project, NewModelFile const& file);

/// Returns false if the project has no such model. `files` is where its files are, below the data folder.
Result<bool> remove_model(Database& database, std::int64_t project, std::string const& id, std::string const& files);

} // namespace learning_loop::store
