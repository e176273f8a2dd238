#include "learning_loop/async/holds_within.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace learning_loop {
namespace asio = boost::asio;

Task<bool> holds_within(std::function<bool()> condition, std::chrono::milliseconds limit)
{
    constexpr std::chrono::milliseconds step{2};
    asio::steady_timer timer(co_await asio::this_coro::executor);
    auto const deadline = std::chrono::steady_clock::now() + limit;
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
        timer.expires_after(step);
        co_await timer.async_wait(asio::use_awaitable);
    }
    co_return condition();
}

} // namespace learning_loop
