#pragma once

#include "learning_loop/async/task.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <optional>
#include <set>
#include <utility>

namespace learning_loop {

/// Runs tasks that can be ended from elsewhere, while the coroutine that waits for them goes on. Callers must be on the
/// io thread.
class Interruptible {
public:
    /// Returns the task's answer, or nullopt if it was interrupted: then it was cancelled, and has ended.
    template <class T>
    Task<std::optional<T>> run(Task<T> task)
    {
        using namespace boost::asio::experimental::awaitable_operators;
        boost::asio::steady_timer interruption(co_await boost::asio::this_coro::executor, Time::max());
        Entry const entry{interruptions_, &interruption};
        Outcome<T> outcome;
        co_await (run_into(outcome, std::move(task)) || until(interruption));
        auto const state = co_await boost::asio::this_coro::cancellation_state;
        if (state.cancelled() != boost::asio::cancellation_type::none)
            throw boost::system::system_error(boost::asio::error::operation_aborted);
        bool const is_interrupted = interruption.expiry() != Time::max();
        if (outcome.failure && !is_interrupted) std::rethrow_exception(outcome.failure);
        co_return std::move(outcome.answer);
    }

    /// Ends the tasks that run now. Those that are started later are not affected.
    void interrupt()
    {
        for (auto* const interruption : interruptions_)
            interruption->expires_at(Time::min()); // also for a wait that has yet to begin
    }

private:
    using Time = boost::asio::steady_timer::time_point;
    using Timers = std::set<boost::asio::steady_timer*>;

    struct Entry {
        Entry(Timers& all_, boost::asio::steady_timer* own_) : all(all_), own(own_) { all.insert(own); }
        Entry(Entry const&) = delete;
        Entry& operator=(Entry const&) = delete;
        ~Entry() { all.erase(own); }

        Timers& all;
        boost::asio::steady_timer* own;
    };

    template <class T>
    struct Outcome {
        std::optional<T> answer;
        std::exception_ptr failure;
    };

    template <class T>
    static Task<> run_into(Outcome<T>& outcome, Task<T> task)
    {
        try {
            outcome.answer.emplace(co_await std::move(task));
        } catch (...) {
            outcome.failure = std::current_exception();
        }
    }

    static Task<> until(boost::asio::steady_timer& interruption)
    {
        co_await interruption.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }

    Timers interruptions_;
};

} // namespace learning_loop
