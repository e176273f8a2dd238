#include "learning_loop/trainer/process/process_wait.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <variant>

namespace learning_loop {

Task<std::optional<ProcessEnd>> wait_for_process(GuardedProcess& process, std::chrono::milliseconds limit)
{
    using namespace boost::asio::experimental::awaitable_operators;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, limit);
    auto ended = co_await (process.wait() || timer.async_wait(boost::asio::use_awaitable));
    if (auto* const end = std::get_if<ProcessEnd>(&ended)) co_return *end;
    co_return std::nullopt;
}

} // namespace learning_loop
