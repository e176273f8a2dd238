#pragma once

#include "learning_loop/async/task.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace learning_loop {

/// A pause that can be cut short: `wake` ends the one that runs or, if none does, the next one.
class Pause {
public:
    explicit Pause(boost::asio::any_io_executor executor) : timer_(std::move(executor)) {}

    Task<> sleep(std::chrono::milliseconds max_time);
    void wake();

private:
    boost::asio::steady_timer timer_;
    bool woken_ = false;
};

} // namespace learning_loop
