#include "learning_loop/async/pause.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <random>

namespace learning_loop {
namespace asio = boost::asio;

Task<> Pause::sleep(std::chrono::milliseconds longest)
{
    if (!std::exchange(woken_, false)) {
        timer_.expires_after(longest);
        boost::system::error_code cut_short;
        co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cut_short));
        woken_ = false;
    }
    // Being woken is no failure; being cancelled is.
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
}

void Pause::wake()
{
    woken_ = true;
    timer_.cancel();
}

std::chrono::milliseconds Backoff::next()
{
    static thread_local std::mt19937_64 random{std::random_device{}()};
    auto const step = std::exchange(step_, std::min(longest_, step_ * 2));
    return std::chrono::milliseconds(
        std::uniform_int_distribution<std::int64_t>(step.count() / 2, step.count())(random));
}

} // namespace learning_loop
