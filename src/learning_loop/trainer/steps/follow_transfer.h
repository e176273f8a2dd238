#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/http/client/client.h"
#include "learning_loop/trainer/training/active_training.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <utility>

namespace learning_loop {

/// The part of a state's progress that a transfer is.
struct ProgressPart {
    double begin = 0;
    double end = 1;
};

/// Shows each half second how far a transfer has come; until it is cancelled.
inline Task<> show_transfer(ActiveTraining& active, std::shared_ptr<http::TransferProgress> progress, ProgressPart part)
{
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    for (;;) {
        if (auto const done = progress->fraction()) active.set_progress(part.begin + *done * (part.end - part.begin));
        timer.expires_after(std::chrono::milliseconds(500));
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
}

/// Waits for a transfer and shows its progress meanwhile.
template <class T>
Task<Result<T>> follow_transfer(ActiveTraining& active, std::shared_ptr<http::TransferProgress> progress,
                                ProgressPart part, Task<Result<T>> transfer)
{
    using namespace boost::asio::experimental::awaitable_operators;
    active.set_progress(part.begin);
    auto done = co_await (std::move(transfer) || show_transfer(active, std::move(progress), part));
    co_return std::get<0>(std::move(done));
}

} // namespace learning_loop
