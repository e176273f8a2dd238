#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/store/database.h"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace learning_loop::store {

/// Two connections to one database. The one that reads sees what the other has committed.
struct DatabaseConnections {
    std::unique_ptr<Database> writer;
    std::unique_ptr<Database> reader;
};

/// The database of one process: one connection that writes and one that reads, each on a lane of its own, so that a
/// page never waits for an intake. A job gets the connection and returns a `Result`. Errors: out_of_space if the disk
/// is full, beside those of the job.
///
/// A job that writes is in a transaction: what it changes is durable when `write` returns, and is taken back if the
/// job returns an error or throws. Jobs that wait together share one transaction, since a COMMIT takes longer than they
/// do; each is taken back alone.
class DatabaseLanes {
public:
    explicit DatabaseLanes(DatabaseConnections connections);
    ~DatabaseLanes();

    /// `committed` runs on the same lane once what the job changed is durable, before another job that writes; not if
    /// the job returned an error. It must not throw.
    template <class Job>
    Task<std::invoke_result_t<Job&, Database&>> write(Job job, std::function<void()> committed = {})
    {
        return write_typed<std::invoke_result_t<Job&, Database&>>(std::move(job), std::move(committed));
    }

    template <class Job>
    Task<std::invoke_result_t<Job&, Database&>> read(Job job)
    {
        return read_typed<std::invoke_result_t<Job&, Database&>>(std::move(job));
    }

    /// Runs a job that writes on the calling thread, and blocks until it is done. Callers must do so before the first
    /// `write`: it is for what must be put in order at the start. Errors: out_of_space if the disk is full.
    Result<void> write_at_start(std::function<void(Database&)> const& job);

private:
    struct DatabaseLane;

    struct Pending;

    // The answers are held by reference: these coroutines do not end before their jobs have.
    template <class Answer>
    Task<Answer> write_typed(std::function<Answer(Database&)> job, std::function<void()> committed)
    {
        std::optional<Answer> answer;
        std::function<bool(Database&)> const bound = [&](Database& database) {
            answer.emplace(job(database));
            return answer->has_value();
        };
        auto const ran = co_await write_untyped(bound, std::move(committed));
        if (!ran) co_return ran.error();
        co_return std::move(*answer);
    }

    template <class Answer>
    Task<Answer> read_typed(std::function<Answer(Database&)> job)
    {
        std::optional<Answer> answer;
        std::function<void(Database&)> const bound = [&](Database& database) { answer.emplace(job(database)); };
        auto const ran = co_await read_untyped(bound);
        if (!ran) co_return ran.error();
        co_return std::move(*answer);
    }

    Task<Result<void>> write_untyped(std::function<bool(Database&)> job, std::function<void()> committed);
    Task<Result<void>> read_untyped(std::function<void(Database&)> job);
    void commit_waiting();
    static void run_part(Database& database, Pending& pending);

    std::mutex mutex_;
    std::vector<std::shared_ptr<Pending>> waiting_; ///< Jobs that write. // shared: with the coroutines that wait
    std::unique_ptr<DatabaseLane> writing_;         // out of sight, so that not every repository compiles a thread pool
    std::unique_ptr<DatabaseLane> reading_;
};

} // namespace learning_loop::store
