#include "learning_loop/store/database_lanes.h"

#include "learning_loop/store/sqlite/migrations.h"

namespace learning_loop::store {
namespace {

std::filesystem::path const& migrated(std::filesystem::path const& file)
{
    Database database(file, Database::Access::write);
    migrate(database);
    return file;
}

} // namespace

DatabaseLanes::DatabaseLanes(std::filesystem::path const& file)
    : writer_(migrated(file), Database::Access::write),
      reader_(file, Database::Access::read),
      writing_("the database's writer"),
      reading_("the database's reader")
{}

} // namespace learning_loop::store
