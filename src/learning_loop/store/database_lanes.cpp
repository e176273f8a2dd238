#include "learning_loop/store/database_lanes.h"

#include "learning_loop/async/pool.h"

namespace learning_loop::store {
namespace {

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

struct DatabaseLanes::DatabaseLane {
    DatabaseLane(std::unique_ptr<Database> connection_, std::string name)
        : connection(std::move(connection_)), lane(std::move(name))
    {}

    std::unique_ptr<Database> connection;
    Lane lane; // after the connection: its jobs end before that goes
};

DatabaseLanes::DatabaseLanes(DatabaseConnections connections)
    : writing_(std::make_unique<DatabaseLane>(std::move(connections.writer), "the database's writer")),
      reading_(std::make_unique<DatabaseLane>(std::move(connections.reader), "the database's reader"))
{}

DatabaseLanes::~DatabaseLanes() = default;

Result<void> DatabaseLanes::write_at_start(std::function<void(Database&)> const& job)
{
    return run_job(job, *writing_->connection);
}

Task<Result<void>> DatabaseLanes::run_untyped(DatabaseLane& lane, std::function<void(Database&)> job)
{
    auto bound = [&database = *lane.connection, job = std::move(job)] { return run_job(job, database); };
    co_return co_await lane.lane.run(std::move(bound));
}

} // namespace learning_loop::store
