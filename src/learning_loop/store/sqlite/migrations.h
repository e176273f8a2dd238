#pragma once

#include "learning_loop/store/sqlite/connection.h"

namespace learning_loop::store::sqlite {

/// Brings the database to the schema of this program, step by step, each in a transaction. Throws DatabaseError if a
/// newer program has written it.
void migrate(Connection& database);

} // namespace learning_loop::store::sqlite
