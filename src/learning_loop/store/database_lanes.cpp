#include "learning_loop/store/database_lanes.h"

#include "learning_loop/async/pool.h"
#include "learning_loop/store/sqlite/migrations.h"

namespace learning_loop::store {
namespace {

std::filesystem::path const& migrate_file(std::filesystem::path const& file)
{
    Database database(file, Database::Access::write);
    migrate(database);
    return file;
}

Result<void> run_job(std::function<void(Database&)> const& job, Database& database)
{
    try {
        job(database);
        return {};
    } catch (DatabaseFull const&) {
        return Error{Errc::out_of_space, "the disk that holds the database is full: free some space"};
    }
}

} // namespace

struct DatabaseLanes::Connections {
    explicit Connections(std::filesystem::path const& file)
        : writer(migrate_file(file), Database::Access::write), reader(file, Database::Access::read)
    {}

    Database writer;
    Database reader;
    Lane writing{"the database's writer"}; // after the connections: its jobs end before these go
    Lane reading{"the database's reader"};
};

DatabaseLanes::DatabaseLanes(std::filesystem::path const& file) : connections_(std::make_unique<Connections>(file)) {}
DatabaseLanes::~DatabaseLanes() = default;

Result<void> DatabaseLanes::write_at_start(std::function<void(Database&)> const& job)
{
    return run_job(job, connections_->writer);
}

Task<Result<void>> DatabaseLanes::run_untyped(Database::Access access, std::function<void(Database&)> job)
{
    bool const writes = access == Database::Access::write;
    auto& database = writes ? connections_->writer : connections_->reader;
    auto& lane = writes ? connections_->writing : connections_->reading;
    auto bound = [&database, job = std::move(job)] { return run_job(job, database); };
    co_return co_await lane.run(std::move(bound));
}

} // namespace learning_loop::store
