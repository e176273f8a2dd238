#pragma once

#include "learning_loop/store/database_lanes.h"

#include <filesystem>

namespace learning_loop::store::sqlite {

/// Opens the file, or makes it, and brings it to the schema of this program. Blocks; throws DatabaseError.
DatabaseConnections open_sqlite(std::filesystem::path const& file);

} // namespace learning_loop::store::sqlite
