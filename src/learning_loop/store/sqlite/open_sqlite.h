#pragma once

#include "learning_loop/store/database_lanes.h"

#include <filesystem>

namespace learning_loop::store::sqlite {

/// Opens the file, or makes it, and brings it to the schema of this program; a copy of the older one goes into
/// the folder `backups` beside it. Blocks; throws DatabaseError, NewerDatabase if this program is too old.
DatabaseConnections open_sqlite(std::filesystem::path const& file);

/// Opens the file to read it, without a change of its schema. Throws DatabaseError if that is not this program's.
std::unique_ptr<Database> open_as_it_is(std::filesystem::path const& file);

/// What SQLite finds wrong in the file itself, and rows that refer to none; at most some hundred lines.
std::vector<std::string> faults_of(Database& database);

} // namespace learning_loop::store::sqlite
