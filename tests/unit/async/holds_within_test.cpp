#include "learning_loop/async/holds_within.h"

#include "support/run.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using namespace std::chrono_literals;

TEST(HoldsWithinTest, waits_until_the_condition_holds)
{
    int asked = 0;
    EXPECT_TRUE(test::run(holds_within([&] { return ++asked > 3; }, 1h)));
    EXPECT_GT(asked, 3);
}

TEST(HoldsWithinTest, gives_up_after_the_limit)
{
    EXPECT_FALSE(test::run(holds_within([] { return false; }, 20ms)));
}

TEST(HoldsWithinTest, does_not_wait_for_what_holds_already)
{
    EXPECT_TRUE(test::run(holds_within([] { return true; }, 0ms)));
}

} // namespace
} // namespace learning_loop
