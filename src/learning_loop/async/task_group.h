#pragma once

#include "learning_loop/async/report.h"
#include "learning_loop/async/task.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <string>

namespace learning_loop {

/// Owns coroutines that run beside each other: nothing is detached. Its owner must cancel it and join it before it is
/// destroyed. If a child throws, that is logged with its name. To be used on the io thread.
class TaskGroup {
public:
    /// `on_failure` is called when a child has ended with an exception.
    explicit TaskGroup(boost::asio::any_io_executor executor, std::function<void()> on_failure = {});
    TaskGroup(TaskGroup const&) = delete;
    TaskGroup& operator=(TaskGroup const&) = delete;
    ~TaskGroup(); ///< The group must be empty.

    /// Starts a child. Returns false after `cancel`: then the task never runs.
    bool spawn(std::string name, Task<> task);

    /// Asks every child to end: whatever it waits for fails with operation_aborted.
    void cancel();

    /// Waits until no child is left.
    Task<> join();

    std::size_t size() const { return children_.size(); }

private:
    struct Child {
        explicit Child(std::string name);

        std::shared_ptr<RunningTask> task; // shared: with its executor, which a thread of a Pool may hold longer
        boost::asio::cancellation_signal stop;
        ReportEntry in_report;
    };
    using Children = std::list<Child>;

    void remove(Children::iterator child, std::exception_ptr const& failure);

    boost::asio::any_io_executor executor_;
    std::function<void()> on_failure_;
    Children children_;
    boost::asio::steady_timer empty_; ///< Never expires; cancelled to wake `join`.
    bool cancelled_ = false;
};

} // namespace learning_loop
