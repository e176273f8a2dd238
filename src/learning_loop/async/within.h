#pragma once

#include "learning_loop/async/task_group.h"
#include "learning_loop/base/error.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace learning_loop {
namespace within_detail {

template <class T>
struct Outcome {
    Outcome(boost::asio::any_io_executor executor, std::chrono::milliseconds limit) : deadline(executor, limit) {}

    std::optional<Result<T>> answer;
    std::exception_ptr failure;
    boost::asio::steady_timer deadline;
};

template <class T>
Task<> run_into(std::shared_ptr<Outcome<T>> outcome, Task<Result<T>> task)
{
    try {
        outcome->answer.emplace(co_await std::move(task));
    } catch (...) {
        outcome->failure = std::current_exception();
    }
    outcome->deadline.expires_at(boost::asio::steady_timer::time_point::min()); // also for a wait that has yet to begin
}

} // namespace within_detail

/// Waits for a task, but not longer than `limit`. A task that takes longer runs on in `group`, so it must own its
/// inputs, and its answer is dropped. Errors: those of the task; unavailable if it takes longer, or if the group was
/// cancelled.
template <class T>
Task<Result<T>> within(std::chrono::milliseconds limit, TaskGroup& group, std::string name, Task<Result<T>> task)
{
    namespace asio = boost::asio;
    // shared: by the task and the coroutine that waits for it, and either may be the first to end
    auto outcome = std::make_shared<within_detail::Outcome<T>>(co_await asio::this_coro::executor, limit);
    auto late = name + " took longer than " + std::to_string(limit.count()) + " ms: try again later";
    if (!group.spawn(std::move(name), within_detail::run_into(outcome, std::move(task))))
        co_return Error{Errc::unavailable, "the program is ending"};
    auto const [cut_short] = co_await outcome->deadline.async_wait(asio::as_tuple(asio::use_awaitable));
    if (outcome->failure) std::rethrow_exception(outcome->failure);
    if (outcome->answer) co_return std::move(*outcome->answer);
    if (cut_short) throw boost::system::system_error(asio::error::operation_aborted);
    co_return Error{Errc::unavailable, std::move(late)};
}

} // namespace learning_loop
