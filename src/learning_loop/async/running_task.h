#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace learning_loop {

/// What a coroutine of a TaskGroup is at: its name, for the log and the report, the request it works on, and what it
/// waits for. Belongs to the io thread.
struct RunningTask {
    std::string name;
    std::string request_id; ///< Empty: it works on none. Stands in the log lines that are written while it runs.
    std::string waits_for;  ///< Told by what it waits on, as "the database"; empty: by nobody.
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now(); ///< When it ran last.
};

/// The task that runs on this thread right now; nullptr outside of all.
RunningTask* current_task();

/// Tells the report what the current task is about to wait for. Nothing happens outside of a task.
void about_to_wait_for(std::string_view what);

/// The current task works on that request from now on; empty: on none.
void begin_request(std::string_view id);

/// While it lives, the task is the current one of this thread.
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

/// An executor that makes its task the current one whenever it runs something: so that a coroutine, which hops on and
/// off the thread at every co_await, can be told apart from the others. `Inner` is an io_context's executor.
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
    std::shared_ptr<RunningTask> task_; // shared: a thread of a Pool may hold the executor when the task has ended
};

/// `executor`, which must be an io_context's or one of a task, for the given task.
boost::asio::any_io_executor executor_for(boost::asio::any_io_executor const& executor,
                                          std::shared_ptr<RunningTask> task);

} // namespace learning_loop
