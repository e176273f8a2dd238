#pragma once

#include <span>

namespace learning_loop::store::sqlite {

/// The SQL that makes each schema of the one before; the first one of an empty database.
std::span<char const* const> schema_steps();

} // namespace learning_loop::store::sqlite
