#include "learning_loop/store/sqlite/open_sqlite.h"

#include "learning_loop/store/sqlite/migrations.h"

namespace learning_loop::store::sqlite {

DatabaseConnections open_sqlite(std::filesystem::path const& file)
{
    auto writer = std::make_unique<Connection>(file, Connection::Access::write);
    migrate(*writer);
    return {std::move(writer), std::make_unique<Connection>(file, Connection::Access::read)};
}

} // namespace learning_loop::store::sqlite
