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

TEST(Backoff, draws_from_the_upper_half_of_a_step_that_doubles)
{
    Backoff backoff(milliseconds(1000), milliseconds(5000));
    for (auto const step : {1000, 2000, 4000, 5000, 5000, 5000}) {
        auto const wait = backoff.next().count();
        EXPECT_GE(wait, step / 2);
        EXPECT_LE(wait, step);
    }
}

TEST(Backoff, begins_anew_after_a_success)
{
    Backoff backoff(milliseconds(1000), milliseconds(60'000));
    for (int i = 0; i < 10; ++i) backoff.next();
    EXPECT_GE(backoff.next(), milliseconds(30'000));
    backoff.reset();
    EXPECT_LE(backoff.next(), milliseconds(1000));
}

TEST(Backoff, does_not_send_a_whole_fleet_at_one_moment)
{
    std::set<std::int64_t> waits;
    for (int i = 0; i < 100; ++i) waits.insert(Backoff(milliseconds(60'000), milliseconds(60'000)).next().count());
    EXPECT_GT(waits.size(), 50u);
}

} // namespace
} // namespace learning_loop
