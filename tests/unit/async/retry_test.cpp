#include "learning_loop/async/retry.h"

#include <gtest/gtest.h>

#include <set>

namespace learning_loop {
namespace {

using std::chrono::milliseconds;

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

TEST(Backoff, waits_at_least_as_long_as_it_was_asked_to_and_not_at_one_moment_with_all_others)
{
    std::set<milliseconds> waits;
    for (int i = 0; i < 100; ++i) {
        Backoff backoff(milliseconds(1000), milliseconds(5000));
        auto const wait = backoff.next(milliseconds(7000));
        EXPECT_GE(wait, milliseconds(7000));
        EXPECT_LE(wait, milliseconds(7500));
        waits.insert(wait);
    }
    EXPECT_GT(waits.size(), 10u);
}

} // namespace
} // namespace learning_loop
