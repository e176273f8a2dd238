#pragma once

#include "learning_loop/store/project.h"

#include <cstdint>
#include <optional>
#include <string>

// A project and its rows, for the jobs of the repositories. These functions block.

namespace learning_loop::store {

class Database;

/// With its categories. Returns nullopt if there is none.
std::optional<Project> find_project(Database& database, std::string const& organization, std::string const& name);

/// The project of that number, which must exist, with its categories.
Project load_project(Database& database, std::int64_t number);

/// Callers must have begun a transaction.
void insert_project(Database& database, Project const& project);

/// Notes that the project has changed: people see first what changed last.
void touch_project(Database& database, std::int64_t number);

} // namespace learning_loop::store
