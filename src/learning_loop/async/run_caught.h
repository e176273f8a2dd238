#pragma once

#include "learning_loop/async/pool.h"

#include <exception>
#include <type_traits>
#include <utility>

namespace learning_loop {

/// As `Pool::run`, for a job that returns a Result: what it throws is an error, too, as of a disk that refuses. The
/// pool must outlive the task. Errors: also unavailable with the exception's words.
template <class Job>
Task<std::invoke_result_t<Job&>> run_caught(Pool& pool, Job job)
{
    auto caught = [job = std::move(job)]() mutable -> std::invoke_result_t<Job&> {
        try {
            return job();
        } catch (std::exception const& failure) {
            return Error{Errc::unavailable, failure.what()};
        }
    };
    co_return co_await pool.run(std::move(caught));
}

} // namespace learning_loop
