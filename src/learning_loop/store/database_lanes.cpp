#include "learning_loop/store/database_lanes.h"

#include "learning_loop/async/pool.h"

#include <exception>

namespace learning_loop::store {
namespace {

constexpr int max_waiting = 1000;

Error full_disk()
{
    return {Errc::out_of_space, "the disk that holds the database is full: free some space"};
}

} // namespace

/// A job that writes, and how it went.
struct DatabaseLanes::Pending {
    std::function<bool(Database&)> job; ///< Returns whether what it changed is to stay.
    std::function<void()> committed;
    bool stays = false;
    std::exception_ptr failure{};
};

struct DatabaseLanes::DatabaseLane {
    DatabaseLane(std::unique_ptr<Database> connection_, std::string name, int max_waiting)
        : connection(std::move(connection_)), lane(std::move(name), max_waiting)
    {}

    std::unique_ptr<Database> connection;
    Lane lane; // after the connection: its jobs end before that goes
};

DatabaseLanes::DatabaseLanes(DatabaseConnections connections)
    : writing_(std::make_unique<DatabaseLane>(std::move(connections.writer), "the database's writer", Lane::unbounded)),
      reading_(std::make_unique<DatabaseLane>(std::move(connections.reader), "the database's reader", max_waiting))
{}

DatabaseLanes::~DatabaseLanes() = default;

Result<void> DatabaseLanes::write_at_start(std::function<void(Database&)> const& job)
{
    auto& database = *writing_->connection;
    try {
        Transaction transaction(database);
        job(database);
        transaction.commit();
        return {};
    } catch (DatabaseFull const&) {
        return full_disk();
    }
}

Task<Result<void>> DatabaseLanes::write_untyped(std::function<bool(Database&)> job, std::function<void()> committed)
{
    // Refused before it is in the list: what is there may be begun at any time.
    if (writing_->lane.waiting() >= max_waiting)
        co_return Error{Errc::unavailable, "the database's writer is busy: try again later"};
    auto const pending = std::make_shared<Pending>(Pending{std::move(job), std::move(committed)});
    {
        std::lock_guard const lock(mutex_);
        waiting_.push_back(pending);
    }
    // The lane's jobs run in their order: when this one has, the pending job was committed, by it or by one before.
    auto commit = [this]() -> Result<void> {
        commit_waiting();
        return {};
    };
    auto const run = co_await writing_->lane.run(std::move(commit));
    if (!run) co_return run.error(); // never: the lane takes any number
    if (!pending->failure) co_return Result<void>();
    try {
        std::rethrow_exception(pending->failure);
    } catch (DatabaseFull const&) {
        co_return full_disk();
    }
}

Task<Result<void>> DatabaseLanes::read_untyped(std::function<void(Database&)> job)
{
    auto bound = [&database = *reading_->connection, job = std::move(job)]() -> Result<void> {
        job(database);
        return {};
    };
    co_return co_await reading_->lane.run(std::move(bound));
}

void DatabaseLanes::commit_waiting()
{
    std::vector<std::shared_ptr<Pending>> group;
    {
        std::lock_guard const lock(mutex_);
        group.swap(waiting_);
    }
    if (group.empty()) return;
    auto& database = *writing_->connection;
    try {
        Transaction transaction(database);
        for (auto const& pending : group) run_part(database, *pending);
        transaction.commit();
    } catch (...) { // of the database: nothing of the group stays
        for (auto const& pending : group) {
            if (!pending->failure) pending->failure = std::current_exception();
        }
        return;
    }
    for (auto const& pending : group) {
        if (pending->stays && pending->committed) pending->committed();
    }
}

/// Throws what the database throws; what the job throws beside that is the job's own.
void DatabaseLanes::run_part(Database& database, Pending& pending)
{
    Savepoint part(database);
    try {
        pending.stays = pending.job(database);
    } catch (DatabaseFull const&) {
        throw;
    } catch (...) { // its own; if the database gave the transaction up, taking the part back throws
        pending.failure = std::current_exception();
    }
    if (pending.stays) part.keep();
    else part.take_back();
}

} // namespace learning_loop::store
