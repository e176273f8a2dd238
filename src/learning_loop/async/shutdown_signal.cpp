#include "learning_loop/async/shutdown_signal.h"

#include "learning_loop/async/report.h"
#include "learning_loop/base/log.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <csignal>

namespace learning_loop {
namespace asio = boost::asio;

ShutdownSignal::ShutdownSignal(asio::any_io_executor executor) : signals_(executor, SIGINT, SIGTERM, SIGUSR1) {}

Task<> ShutdownSignal::wait()
{
    while (exit_status_ == 0) {
        auto const [cut_short, signal] = co_await signals_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (cut_short) co_return;
        if (signal != SIGUSR1) {
            log::info("signal {}: ending", signal);
            co_return;
        }
        auto const level = log::level();
        log::set_level(std::min(level, log::Level::info)); // who asks wants to see it
        log::info("report, asked for by SIGUSR1:");
        for (auto const& line : report()) log::info("  {}", line);
        log::set_level(level);
    }
}

void ShutdownSignal::fail()
{
    exit_status_ = 1;
    stop();
}

void ShutdownSignal::stop()
{
    signals_.cancel();
}

} // namespace learning_loop
