#include "learning_loop/base/timestamps.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

TEST(Timestamps, are_written_in_a_form_they_are_read_in)
{
    auto const now = timestamp_now();
    EXPECT_TRUE(is_timestamp(now)) << now;
    EXPECT_EQ(now.size(), std::string_view("2024-01-31T12:00:00.123456+00:00").size()) << now;
    EXPECT_TRUE(now.ends_with("+00:00")) << now;
}

TEST(Timestamps, never_sort_backwards)
{
    auto const first = timestamp_now();
    EXPECT_LE(first, timestamp_now());
}

TEST(Timestamps, are_read_as_peers_write_them)
{
    for (auto const* text : {"2024-01-31_12:00:00.123", "2023-01-30T12:34:56", "2023-01-30T12:34:56.123456+02:00",
                             "2024-02-29T23:59:59Z", "2023-01-30T12:34:56-0130", "2023-01-30T00:00:00.1"}) {
        EXPECT_TRUE(is_timestamp(text)) << text;
    }
}

TEST(Timestamps, must_exist_and_be_whole)
{
    for (auto const* text :
         {"", "now", "2024-01-31", "2024-13-01T00:00:00", "2023-02-29T00:00:00", "2024-01-32T00:00:00",
          "2024-00-10T00:00:00", "0000-01-01T00:00:00", "2024-01-31T24:00:00", "2024-01-31T12:60:00",
          "2024-01-31T12:00:61", "2024-01-31 12:00:00", "2024-01-31T12:00:00.", "2024-01-31T12:00:00.1234567",
          "2024-01-31T12:00:00+25:00", "2024-01-31T12:00:00Z ", "2024-01-31T12:00:00\n", "1706702400"}) {
        EXPECT_FALSE(is_timestamp(text)) << text;
    }
    EXPECT_FALSE(is_timestamp(std::string(100'000, '2')));
}

} // namespace
} // namespace learning_loop
