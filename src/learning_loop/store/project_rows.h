#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/store/project.h"

#include <cstdint>
#include <optional>
#include <string>

// A project and its rows, for the jobs of the repositories. These functions block.

namespace learning_loop::store {

class Database;
struct ProjectRow;

/// With its categories. Returns nullopt if there is none.
std::optional<Project> find_project(Database& database, std::string const& organization, std::string const& name);

/// The project of that number, with its categories. Returns nullopt if it was deleted meanwhile.
std::optional<Project> load_project(Database& database, std::int64_t number);

/// The same for what must be there. Errors: not_found if it was deleted meanwhile.
Result<Project> require_project(Database& database, std::int64_t number);

bool has_project(Database& database, std::int64_t number); ///< Whether `load_project` would find it.
Error project_is_gone();                                   ///< not_found: it was deleted meanwhile.

/// The project of that row. Categories are rows of their own.
Project project_without_categories(ProjectRow row);

void insert_project(Database& database, Project const& project);

/// Notes that the project has changed: people see first what changed last.
void touch_project(Database& database, std::int64_t number);

} // namespace learning_loop::store
