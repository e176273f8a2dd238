#include "support/run.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include <chrono>
#include <exception>
#include <stdexcept>

namespace learning_loop::test {
namespace {

constexpr std::chrono::seconds max_patience{20};

} // namespace

Io::Io(boost::asio::any_io_executor const& executor)
    : io_(static_cast<boost::asio::io_context&>(boost::asio::query(executor, boost::asio::execution::context)))
{}

void Io::run(Task<> task)
{
    bool ended = false;
    std::exception_ptr failure;
    boost::asio::co_spawn(io_, std::move(task), [&](std::exception_ptr thrown) {
        ended = true;
        failure = thrown;
    });
    if (!run_until([&] { return ended; })) throw std::runtime_error("a coroutine did not end");
    if (failure) std::rethrow_exception(failure);
}

bool Io::run_until(std::function<bool()> const& condition)
{
    auto const deadline = std::chrono::steady_clock::now() + max_patience;
    auto const work = boost::asio::make_work_guard(io_); // what comes next may come from another thread
    io_.restart();
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        io_.run_one_for(std::chrono::milliseconds(20));
    }
    return true;
}

} // namespace learning_loop::test
