#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/store/database.h"

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace learning_loop::store {

/// Two connections to one database. The one that reads sees what the other has committed.
struct DatabaseConnections {
    std::unique_ptr<Database> writer;
    std::unique_ptr<Database> reader;
};

/// The database of one process: one connection that writes and one that reads, each on a lane of its own, so that a
/// page never waits for an intake. A job gets the connection and returns a `Result`. Errors: out_of_space if the disk
/// is full, beside those of the job.
class DatabaseLanes {
public:
    explicit DatabaseLanes(DatabaseConnections connections);
    ~DatabaseLanes();

    template <class Job>
    Task<std::invoke_result_t<Job&, Database&>> write(Job job)
    {
        return run<std::invoke_result_t<Job&, Database&>>(*writing_, std::move(job));
    }

    template <class Job>
    Task<std::invoke_result_t<Job&, Database&>> read(Job job)
    {
        return run<std::invoke_result_t<Job&, Database&>>(*reading_, std::move(job));
    }

    /// Runs a job that writes on the calling thread, and blocks until it is done. Callers must do so before the first
    /// `write`: it is for what must be put in order at the start. Errors: out_of_space if the disk is full.
    Result<void> write_at_start(std::function<void(Database&)> const& job);

private:
    struct DatabaseLane;

    template <class Answer>
    Task<Answer> run(DatabaseLane& lane, std::function<Answer(Database&)> job)
    {
        std::optional<Answer> answer;
        // By reference: this coroutine does not end before the job has.
        std::function<void(Database&)> const bound = [&](Database& database) { answer.emplace(job(database)); };
        auto const ran = co_await run_untyped(lane, bound);
        if (!ran) co_return ran.error();
        co_return std::move(*answer);
    }

    static Task<Result<void>> run_untyped(DatabaseLane& lane, std::function<void(Database&)> job);

    std::unique_ptr<DatabaseLane> writing_; // out of sight, so that not every repository compiles a thread pool
    std::unique_ptr<DatabaseLane> reading_;
};

} // namespace learning_loop::store
