#include "learning_loop/detector/outbox/upload_pace.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using namespace std::chrono_literals;

struct UploadPaceTest : testing::Test {
    UploadPace pace{{}};
    UploadPace::Time now = UploadPace::Time() + 1h;

    /// Sends batches of the size that it wants over a link of so many bytes a second, which carries one at a time.
    void send(int batches, std::uint64_t rate)
    {
        for (int i = 0; i < batches; ++i) {
            auto const begun = now;
            now += std::chrono::milliseconds(1000 * pace.batch_bytes() / rate);
            pace.succeeded(pace.batch_bytes(), begun, now);
        }
    }
    void fail(std::chrono::milliseconds asked = 0ms)
    {
        auto const begun = std::max(now, pace.not_before());
        now = begun + 1s;
        pace.failed(begun, now, asked);
    }
};

TEST_F(UploadPaceTest, makes_a_batch_as_long_as_the_link_carries_in_a_few_seconds)
{
    send(10, 1'000'000);
    EXPECT_NEAR(static_cast<double>(pace.batch_bytes()), 4e6, 1e5);
    send(10, 150'000);
    EXPECT_NEAR(static_cast<double>(pace.batch_bytes()), 6e5, 1e4);
    send(10, 10'000);
    EXPECT_EQ(pace.batch_bytes(), UploadPace::min_batch_bytes);
    send(20, 1'000'000'000);
    EXPECT_EQ(pace.batch_bytes(), UploadPace::max_batch_bytes);
}

TEST_F(UploadPaceTest, sends_more_at_once_as_long_as_they_are_quick)
{
    EXPECT_EQ(pace.at_once(), 1);
    send(1, 1'000'000);
    EXPECT_EQ(pace.at_once(), 2);
    send(9, 1'000'000);
    EXPECT_EQ(pace.at_once(), 4);
    fail();
    EXPECT_EQ(pace.at_once(), 1);
}

TEST_F(UploadPaceTest, sends_one_at_a_time_over_a_link_that_is_full)
{
    send(10, 1'000'000);
    send(10, 10'000);
    EXPECT_EQ(pace.at_once(), 1);
}

TEST_F(UploadPaceTest, waits_longer_with_each_failure_and_sends_less)
{
    send(10, 1'000'000);
    auto const bytes = pace.batch_bytes();
    fail();
    auto const first = pace.not_before() - now;
    EXPECT_GE(first, 1s);
    EXPECT_LE(first, 2s);
    EXPECT_EQ(pace.batch_bytes(), bytes / 2);
    for (int i = 0; i < 10; ++i) fail();
    EXPECT_GE(pace.not_before() - now, 30s);
    EXPECT_LE(pace.not_before() - now, 60s);
    EXPECT_EQ(pace.batch_bytes(), UploadPace::min_batch_bytes);
    now = pace.not_before();
    send(1, 1'000'000);
    fail();
    EXPECT_LE(pace.not_before() - now, 2s);
}

TEST_F(UploadPaceTest, waits_as_long_as_the_loop_asks_for)
{
    fail(17s);
    EXPECT_GE(pace.not_before() - now, 17s);
    EXPECT_LE(pace.not_before() - now, 20s);
}

TEST_F(UploadPaceTest, counts_uploads_that_fail_together_once)
{
    auto const begun = now;
    now += 1s;
    pace.failed(begun, now, 0ms);
    auto const until = pace.not_before();
    for (int i = 0; i < 3; ++i) pace.failed(begun, now, 0ms);
    EXPECT_EQ(pace.not_before(), until);
    pace.failed(begun, now, 20s);
    EXPECT_GE(pace.not_before(), now + 20s);
}

TEST_F(UploadPaceTest, sends_no_more_than_the_loop_takes)
{
    send(20, 1'000'000'000);
    pace.too_large(2'000'000);
    send(20, 1'000'000'000);
    EXPECT_EQ(pace.batch_bytes(), 1'000'000u);
}

TEST_F(UploadPaceTest, forgets_the_wait_when_somebody_wants_it)
{
    for (int i = 0; i < 5; ++i) fail();
    pace.try_at_once();
    EXPECT_LE(pace.not_before(), now);
    fail();
    EXPECT_LE(pace.not_before() - now, 2s);
}

} // namespace
} // namespace learning_loop
