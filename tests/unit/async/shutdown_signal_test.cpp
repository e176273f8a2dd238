#include "learning_loop/async/shutdown_signal.h"

#include "support/run.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include <csignal>

namespace learning_loop {
namespace {

struct ShutdownSignalTest : testing::Test {
    test::Io io;

    /// Starts to wait; the flag tells when the wait has ended.
    void begin_wait(ShutdownSignal& shutdown, bool& has_ended)
    {
        auto wait = [](ShutdownSignal& signal, bool& ended) -> Task<> {
            co_await signal.wait();
            ended = true;
        };
        boost::asio::co_spawn(io.executor(), wait(shutdown, has_ended), boost::asio::detached);
    }
};

TEST_F(ShutdownSignalTest, ends_the_wait_at_sigterm)
{
    ShutdownSignal shutdown(io.executor());
    bool has_ended = false;
    begin_wait(shutdown, has_ended);
    std::raise(SIGTERM);
    EXPECT_TRUE(io.run_until([&] { return has_ended; }));
    EXPECT_EQ(shutdown.exit_status(), 0);
}

TEST_F(ShutdownSignalTest, ends_the_wait_with_status_1_when_a_part_fails)
{
    ShutdownSignal shutdown(io.executor(), ShutdownSignal::Signals::none);
    bool has_ended = false;
    begin_wait(shutdown, has_ended);
    boost::asio::co_spawn(
        io.executor(), [](ShutdownSignal& signal) -> Task<> { co_return signal.fail(); }(shutdown),
        boost::asio::detached);
    EXPECT_TRUE(io.run_until([&] { return has_ended; }));
    EXPECT_EQ(shutdown.exit_status(), 1);
}

TEST_F(ShutdownSignalTest, ends_also_a_wait_that_begins_later)
{
    ShutdownSignal shutdown(io.executor(), ShutdownSignal::Signals::none);
    shutdown.stop();
    io.run(shutdown.wait());
    EXPECT_EQ(shutdown.exit_status(), 0);
}

} // namespace
} // namespace learning_loop
