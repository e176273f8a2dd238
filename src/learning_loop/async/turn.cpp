#include "learning_loop/async/turn.h"

#include "learning_loop/async/running_task.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace learning_loop {
namespace asio = boost::asio;

/// A coroutine that waits. If it is cancelled, it leaves the queue, or passes on the turn that it has just been given.
struct Turn::Waiting {
    Waiting(Turn& turn_, asio::any_io_executor const& executor)
        : turn(turn_), timer(executor, asio::steady_timer::time_point::max())
    {
        turn.waiting_.push_back(this);
    }
    Waiting(Waiting const&) = delete;
    Waiting& operator=(Waiting const&) = delete;
    ~Waiting()
    {
        if (is_given) turn.pass_on();
        else turn.waiting_.remove(this);
    }

    Turn& turn;
    asio::steady_timer timer;
    bool is_given = false;
};

Task<Result<Turn::Held>> Turn::take()
{
    if (!std::exchange(is_taken_, true)) co_return Held(*this);
    if (waiting_.size() >= max_waiting_) co_return Error{Errc::unavailable, name_ + " is busy: try again later"};
    auto const executor = co_await asio::this_coro::executor;
    Waiting waiting(*this, executor);
    about_to_wait_for(name_);
    boost::system::error_code woken;
    co_await waiting.timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error(asio::error::operation_aborted);
    waiting.is_given = false;
    co_return Held(*this);
}

void Turn::pass_on()
{
    is_taken_ = !waiting_.empty();
    if (waiting_.empty()) return;
    auto* const next = waiting_.front();
    waiting_.pop_front();
    next->is_given = true;
    next->timer.expires_at(asio::steady_timer::time_point::min()); // also for a wait that has yet to begin
}

} // namespace learning_loop
