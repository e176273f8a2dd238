#include "learning_loop/async/shutdown_signal.h"

#include "learning_loop/async/report.h"
#include "learning_loop/base/log.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <csignal>

namespace learning_loop {
namespace asio = boost::asio;

ShutdownSignal::ShutdownSignal(asio::any_io_executor executor, Signals signals) : signals_(std::move(executor))
{
    if (signals == Signals::none) return;
    for (int const signal : {SIGINT, SIGTERM, SIGUSR1}) signals_.add(signal);
}

Task<> ShutdownSignal::wait()
{
    while (!is_stopped_) {
        auto const [cut_short, signal] = co_await signals_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (cut_short) co_return;
        if (signal != SIGUSR1) {
            log::info("signal {}: ending", signal);
            co_return;
        }
        auto const level = log::level();
        log::set_level(std::min(level, log::Level::info)); // also if the log is quieter than that
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
    is_stopped_ = true;
    signals_.cancel();
}

} // namespace learning_loop
