#pragma once

#include "learning_loop/store/sqlite/connection.h"

#include <filesystem>

namespace learning_loop::store::sqlite {

/// Brings the database to the schema of this program, in one transaction. If it has an older one, a copy of it is put
/// into the folder `backups` before, which the older program can open; the newest three copies stay. Throws
/// NewerDatabase if a newer program has written it.
void migrate(Connection& database, std::filesystem::path const& backups);

/// Throws DatabaseError unless the database has the schema of this program.
void require_schema(Connection& database);

} // namespace learning_loop::store::sqlite
