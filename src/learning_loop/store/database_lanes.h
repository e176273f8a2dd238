#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/store/sqlite/database.h"

#include <filesystem>

namespace learning_loop::store {

/// The database of one process: one connection that writes and one that reads, each on a lane of its own, so that a
/// page never waits for an intake. A job gets the connection and returns a `Result`; out_of_space: the disk is full.
class DatabaseLanes {
public:
    /// Opens, and migrates. Blocks; throws DatabaseError.
    explicit DatabaseLanes(std::filesystem::path const& file);

    template <class Job>
    Task<std::invoke_result_t<Job&, Database&>> write(Job job)
    {
        auto bound = [this, job = std::move(job)]() mutable { return run(job, writer_); };
        co_return co_await writing_.run(std::move(bound));
    }

    template <class Job>
    Task<std::invoke_result_t<Job&, Database&>> read(Job job)
    {
        auto bound = [this, job = std::move(job)]() mutable { return run(job, reader_); };
        co_return co_await reading_.run(std::move(bound));
    }

private:
    template <class Job>
    static std::invoke_result_t<Job&, Database&> run(Job& job, Database& database)
    {
        try {
            return job(database);
        } catch (DatabaseFull const&) {
            return Error{Errc::out_of_space, "the disk that holds the database is full: free some space"};
        }
    }

    Database writer_;
    Database reader_;
    Lane writing_; // after the connections: its jobs end before these go
    Lane reading_;
};

} // namespace learning_loop::store
