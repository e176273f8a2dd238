#pragma once

#include "learning_loop/async/task.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/signal_set.hpp>

#include <chrono>

namespace learning_loop {

/// Tells when a program must end: after SIGINT or SIGTERM, or if one of its own parts failed. SIGUSR1 logs the report.
class ShutdownSignal {
public:
    enum class Signals { of_system, none }; ///< `none`, for tests: only `fail` and `stop` end the wait.

    explicit ShutdownSignal(boost::asio::any_io_executor executor, Signals signals = Signals::of_system);

    /// Waits until the program is to end.
    Task<> wait();

    /// Ends the wait because a part failed that the program cannot do without: the exit status becomes 1, so that the
    /// supervisor starts the program again. What was acknowledged is on disk.
    void fail();

    void stop(); ///< Ends the wait without a failure.

    int exit_status() const { return exit_status_; }

    std::chrono::milliseconds grace{1000}; ///< How long requests in flight may still take.

private:
    boost::asio::signal_set signals_;
    int exit_status_ = 0;
    bool is_stopped_ = false; ///< Also if nobody waits yet.
};

} // namespace learning_loop
