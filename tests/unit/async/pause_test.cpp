#include "learning_loop/async/pause.h"

#include "learning_loop/async/both.h"
#include "support/run.h"

#include <boost/asio/error.hpp>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

namespace learning_loop {
namespace {

using std::chrono::milliseconds;
constexpr std::chrono::hours for_ever{24};

struct PauseTest : testing::Test {
    test::Io io;
    Pause pause{io.executor()};

    Task<int> slept(milliseconds longest)
    {
        co_await pause.sleep(longest);
        co_return 1;
    }
    Task<int> waking()
    {
        pause.wake();
        co_return 1;
    }
};

TEST_F(PauseTest, ends_by_itself)
{
    EXPECT_EQ(io.run(slept(milliseconds(1))), 1);
}

TEST_F(PauseTest, is_cut_short_while_it_runs)
{
    EXPECT_EQ(io.run(both(slept(for_ever), waking())).first, 1);
}

TEST_F(PauseTest, is_skipped_when_woken_before)
{
    pause.wake();
    EXPECT_EQ(io.run(slept(for_ever)), 1);
}

TEST_F(PauseTest, is_skipped_once_however_often_it_was_woken)
{
    pause.wake();
    pause.wake();
    EXPECT_EQ(io.run(slept(for_ever)), 1);
    EXPECT_EQ(io.run(both(slept(for_ever), waking())).first, 1); // it did run again, and a wake was left to it
    EXPECT_EQ(io.run(slept(milliseconds(1))), 1);
}

TEST_F(PauseTest, fails_when_it_is_cancelled)
{
    auto const failing = []() -> Task<int> {
        throw std::runtime_error("the other one");
        co_return 1;
    };
    EXPECT_THROW(io.run(both(slept(for_ever), failing())),
                 std::exception); // and ends: the failure of one cancels the other
}

} // namespace
} // namespace learning_loop
