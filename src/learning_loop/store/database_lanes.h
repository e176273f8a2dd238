#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/store/sqlite/database.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace learning_loop::store {

/// The database of one process: one connection that writes and one that reads, each on a lane of its own, so that a
/// page never waits for an intake. A job gets the connection and returns a `Result`. Errors: out_of_space if the disk
/// is full, beside those of the job.
class DatabaseLanes {
public:
    /// Opens the file, and migrates it. Blocks; throws DatabaseError.
    explicit DatabaseLanes(std::filesystem::path const& file);
    ~DatabaseLanes();

    template <class Job>
    Task<std::invoke_result_t<Job&, Database&>> write(Job job)
    {
        return run<std::invoke_result_t<Job&, Database&>>(Database::Access::write, std::move(job));
    }

    template <class Job>
    Task<std::invoke_result_t<Job&, Database&>> read(Job job)
    {
        return run<std::invoke_result_t<Job&, Database&>>(Database::Access::read, std::move(job));
    }

    /// Runs a job that writes on the calling thread, and blocks until it is done. Callers must do so before the first
    /// `write`: it is for what must be put in order at the start. Errors: out_of_space if the disk is full.
    Result<void> write_at_start(std::function<void(Database&)> const& job);

private:
    template <class Answer>
    Task<Answer> run(Database::Access access, std::function<Answer(Database&)> job)
    {
        std::optional<Answer> answer;
        // By reference: this coroutine does not end before the job has.
        std::function<void(Database&)> const bound = [&](Database& database) { answer.emplace(job(database)); };
        auto const ran = co_await run_untyped(access, bound);
        if (!ran) co_return ran.error();
        co_return std::move(*answer);
    }

    Task<Result<void>> run_untyped(Database::Access access, std::function<void(Database&)> job);

    struct Connections;
    std::unique_ptr<Connections> connections_; // out of sight, so that not every repository compiles a thread pool
};

} // namespace learning_loop::store
