#include "learning_loop/async/pause.h"

#include "learning_loop/async/running_task.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace learning_loop {
namespace asio = boost::asio;

Task<> Pause::sleep(std::chrono::milliseconds max_time)
{
    if (!std::exchange(woken_, false)) {
        timer_.expires_after(max_time);
        about_to_wait_for("a pause");
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

} // namespace learning_loop
