#include "learning_loop/trainer/dataset/download_pace.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using namespace std::chrono_literals;

struct DownloadPaceTest : testing::Test {
    DownloadPace pace{DownloadPaceOptions{}};
    DownloadPace::Time now{1000s};

    /// As many downloads as run at once, each of which begins now and is answered a second later.
    void round_succeeds()
    {
        auto const begun = now;
        now += 1s;
        for (int left = pace.at_once(); left > 0; --left) pace.succeeded(begun);
    }
    void round_fails()
    {
        auto const begun = now;
        now += 1s;
        for (int left = pace.at_once(); left > 0; --left) pace.failed(begun, now, 0ms);
    }
};

TEST_F(DownloadPaceTest, begins_with_a_few_and_doubles_each_round_up_to_the_most)
{
    std::vector<int> counts;
    for (int i = 0; i < 6; ++i) {
        counts.push_back(pace.at_once());
        round_succeeds();
    }
    EXPECT_EQ(counts, (std::vector<int>{4, 8, 16, 32, 64, 64}));
    EXPECT_LE(pace.not_before(), now);
}

TEST_F(DownloadPaceTest, is_halved_by_a_failure_and_grows_by_one_a_round_from_there)
{
    for (int i = 0; i < 4; ++i) round_succeeds();
    round_fails();
    EXPECT_EQ(pace.at_once(), 32);
    now += 60s;
    round_succeeds();
    round_succeeds();
    round_succeeds();
    EXPECT_GE(pace.at_once(), 34);
    EXPECT_LE(pace.at_once(), 35);
}

TEST_F(DownloadPaceTest, waits_longer_after_each_failure_and_briefly_again_after_a_success)
{
    auto longest = 0ms;
    for (int i = 1; i <= 5; ++i) {
        round_fails();
        EXPECT_EQ(pace.failures_in_a_row(), i);
        auto const wait = std::chrono::duration_cast<std::chrono::milliseconds>(pace.not_before() - now);
        EXPECT_GE(wait, 1000ms * (1 << (i - 1)));
        EXPECT_LE(wait, 2000ms * (1 << (i - 1)));
        longest = std::max(longest, wait);
        now = pace.not_before();
    }
    EXPECT_EQ(pace.at_once(), 1);
    round_succeeds();
    EXPECT_EQ(pace.failures_in_a_row(), 0);
    round_fails();
    EXPECT_LT(pace.not_before() - now, longest);
}

TEST_F(DownloadPaceTest, waits_as_long_as_the_loop_asks_for)
{
    pace.failed(now, now + 1s, 300s);
    EXPECT_GE(pace.not_before(), now + 301s);
    pace.failed(now, now + 2s, 400s); // it was under way together with the first
    EXPECT_GE(pace.not_before(), now + 402s);
    EXPECT_EQ(pace.failures_in_a_row(), 1);
}

TEST_F(DownloadPaceTest, learns_nothing_from_what_began_before_the_failure)
{
    auto const begun = now;
    pace.failed(begun, now + 1s, 0ms);
    pace.succeeded(begun);
    EXPECT_EQ(pace.failures_in_a_row(), 1);
    EXPECT_EQ(pace.at_once(), 2);
}

} // namespace
} // namespace learning_loop
