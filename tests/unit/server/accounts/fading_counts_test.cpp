#include "learning_loop/server/accounts/fading_counts.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

TEST(FadingCounts, forget_bit_by_bit)
{
    FadingCounts counts(0.5);
    FadingCounts::Time const begin{};
    counts.add("a", begin);
    counts.add("a", begin);
    counts.add("b", begin);
    EXPECT_EQ(counts.level("a", begin), 2);
    EXPECT_EQ(counts.level("a", begin + std::chrono::seconds(2)), 1);
    EXPECT_EQ(counts.level("b", begin + std::chrono::seconds(60)), 0);
    EXPECT_EQ(counts.level("c", begin), 0);
    counts.add("a", begin + std::chrono::seconds(2));
    EXPECT_EQ(counts.level("a", begin + std::chrono::seconds(2)), 2);
}

TEST(FadingCounts, make_room_by_forgetting_what_has_faded)
{
    FadingCounts counts(1);
    FadingCounts::Time const begin{};
    auto const later = begin + std::chrono::seconds(10);
    for (int i = 0; i < 9'999; ++i) counts.add(std::to_string(i), begin);
    counts.add("kept", later);
    counts.add("new", later);
    EXPECT_EQ(counts.level("kept", later), 1);
    EXPECT_EQ(counts.level("new", later), 1);
}

} // namespace
} // namespace learning_loop
