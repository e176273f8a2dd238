#pragma once

#include "learning_loop/async/task.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/signal_set.hpp>

namespace learning_loop {

/// What ends a program: SIGINT or SIGTERM, or a part of its own that failed. SIGUSR1 logs its report meanwhile.
class ShutdownSignal {
public:
    explicit ShutdownSignal(boost::asio::any_io_executor executor);

    /// Ends when the program shall.
    Task<> wait();

    /// Ends the wait because a part failed that must not: the exit status becomes 1. What was acknowledged is on disk,
    /// and whoever supervises the program starts it anew.
    void fail();

    void stop(); ///< Ends the wait because the work is done.

    int exit_status() const { return exit_status_; }

private:
    boost::asio::signal_set signals_;
    int exit_status_ = 0;
};

} // namespace learning_loop
