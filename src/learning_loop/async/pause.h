#pragma once

#include "learning_loop/async/task.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace learning_loop {

/// A pause that others can cut short: `wake` ends the one that runs, or the next one when none does.
class Pause {
public:
    explicit Pause(boost::asio::any_io_executor executor) : timer_(std::move(executor)) {}

    Task<> sleep(std::chrono::milliseconds longest);
    void wake();

private:
    boost::asio::steady_timer timer_;
    bool woken_ = false;
};

/// Waits that grow: each is drawn between half of and the whole step, and the step doubles up to `longest`. The draw
/// keeps a fleet that lost its Loop at one moment from coming back at one moment.
class Backoff {
public:
    Backoff(std::chrono::milliseconds first, std::chrono::milliseconds longest)
        : first_(first), longest_(longest), step_(first)
    {}

    std::chrono::milliseconds next();
    void reset() { step_ = first_; }

private:
    std::chrono::milliseconds first_;
    std::chrono::milliseconds longest_;
    std::chrono::milliseconds step_;
};

} // namespace learning_loop
