#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace learning_loop {

/// What the log and the report tell of a coroutine of a TaskGroup. To be used on the io thread.
struct RunningTask {
    std::string name;
    std::string request_id; ///< That it works on; empty: none. It stands in the log lines that it writes.
    std::string waits_for;  ///< For people, as "the database"; empty: not known.
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now(); ///< When it last ran.
};

/// The task that runs on this thread now; nullptr if none does.
RunningTask* current_task();

/// Tells the report what the current task is about to wait for. Does nothing if no task runs.
void about_to_wait_for(std::string_view what);

/// Tells the log that the current task works on that request from now on; empty: on none.
void begin_request(std::string_view id);

/// Makes the task the current one of this thread, as long as this lives.
class Resumed {
public:
    explicit Resumed(RunningTask& task);
    Resumed(Resumed const&) = delete;
    Resumed& operator=(Resumed const&) = delete;
    ~Resumed();

private:
    RunningTask& task_;
    RunningTask* before_;
};

/// An executor that makes its task the current one while it runs something. A coroutine leaves the thread at every
/// co_await and comes back later: this is how it is known again. `Inner` is an io_context's executor.
template <class Inner>
class TaskExecutor {
public:
    TaskExecutor(Inner inner, std::shared_ptr<RunningTask> task) noexcept
        : inner_(std::move(inner)), task_(std::move(task))
    {}

    template <class Function>
    void execute(Function&& function) const
    {
        auto run = [task = task_, function = std::forward<Function>(function)]() mutable {
            Resumed const now(*task);
            std::move(function)();
        };
        inner_.execute(std::move(run));
    }

    template <class Property>
    auto query(Property const& property) const noexcept
        -> decltype(boost::asio::query(std::declval<Inner const&>(), property))
    {
        return boost::asio::query(inner_, property);
    }

    template <class Property>
    auto require(Property const& property) const
        -> TaskExecutor<std::decay_t<decltype(boost::asio::require(std::declval<Inner const&>(), property))>>
    {
        return {boost::asio::require(inner_, property), task_};
    }

    Inner const& inner() const { return inner_; }

    friend bool operator==(TaskExecutor const& a, TaskExecutor const& b) noexcept
    {
        return a.inner_ == b.inner_ && a.task_ == b.task_;
    }
    friend bool operator!=(TaskExecutor const& a, TaskExecutor const& b) noexcept { return !(a == b); }

private:
    Inner inner_;
    std::shared_ptr<RunningTask> task_; // shared: a thread of a Pool may hold the executor longer than the task lives
};

/// Returns the executor for the given task. `executor` must be that of an io_context, or of a task.
boost::asio::any_io_executor executor_for(boost::asio::any_io_executor const& executor,
                                          std::shared_ptr<RunningTask> task);

} // namespace learning_loop
