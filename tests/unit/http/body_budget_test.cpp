#include "learning_loop/http/body_budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace learning_loop::http {
namespace {

TEST(BodyBudget, lends_what_is_free_and_no_more)
{
    BodyBudget budget(100);
    auto a = budget.begin();
    auto b = budget.begin();
    EXPECT_EQ(budget.free_bytes(), 100u);
    EXPECT_TRUE(a.grow_to(60));
    EXPECT_FALSE(b.grow_to(41));
    EXPECT_TRUE(b.grow_to(40));
    EXPECT_EQ(budget.free_bytes(), 0u);
}

TEST(BodyBudget, keeps_what_a_share_held_when_it_cannot_grow)
{
    BodyBudget budget(100);
    auto share = budget.begin();
    EXPECT_TRUE(share.grow_to(60));
    EXPECT_FALSE(share.grow_to(101));
    EXPECT_EQ(budget.free_bytes(), 40u);
    EXPECT_TRUE(share.grow_to(30)); // it holds more already
    EXPECT_EQ(budget.free_bytes(), 40u);
}

TEST(BodyBudget, gets_a_share_back_once_when_it_goes)
{
    BodyBudget budget(100);
    std::optional first(budget.begin());
    EXPECT_TRUE(first->grow_to(60));
    std::optional second(std::move(*first));
    first.reset();
    EXPECT_EQ(budget.free_bytes(), 40u); // what was moved from holds nothing
    second.reset();
    EXPECT_EQ(budget.free_bytes(), 100u);
}

TEST(BodyBudget, gets_back_what_a_share_held_that_becomes_another)
{
    BodyBudget budget(100);
    auto share = budget.begin();
    auto other = budget.begin();
    EXPECT_TRUE(share.grow_to(60) && other.grow_to(10));
    share = std::move(other);
    EXPECT_EQ(budget.free_bytes(), 90u);
    auto& itself = share;
    share = std::move(itself);
    EXPECT_EQ(budget.free_bytes(), 90u);
    share = {};
    EXPECT_EQ(budget.free_bytes(), 100u);
}

TEST(BodyBudget, is_one_for_all_its_copies_and_is_outlived_by_its_shares)
{
    BodyBudget::Share share;
    {
        BodyBudget budget(100);
        auto copy = budget;
        share = copy.begin();
        EXPECT_TRUE(share.grow_to(70));
        EXPECT_EQ(budget.free_bytes(), 30u);
    }
    EXPECT_TRUE(share.grow_to(100));
    EXPECT_FALSE(share.grow_to(101));
}

TEST(BodyBudget, within_another_takes_from_both)
{
    BodyBudget whole(100);
    auto part = whole.within(60);
    auto own = whole.begin();
    auto share = part.begin();
    EXPECT_FALSE(share.grow_to(61));
    EXPECT_TRUE(share.grow_to(50));
    EXPECT_EQ(whole.free_bytes(), 50u);
    EXPECT_TRUE(own.grow_to(45));
    EXPECT_FALSE(share.grow_to(60)); // the part has room, the whole has not
    EXPECT_EQ(part.free_bytes(), 10u);
    share = {};
    own = {};
    EXPECT_EQ(part.free_bytes(), 60u);
    EXPECT_EQ(whole.free_bytes(), 100u);
}

TEST(BodyBudget, is_whole_again_after_many_threads)
{
    BodyBudget budget(1000);
    std::atomic<bool> was_overdrawn = false;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&budget, &was_overdrawn] {
            for (std::size_t round = 0; round < 2000; ++round) {
                auto share = budget.begin();
                for (std::size_t bytes = 100; share.grow_to(bytes); bytes += 100)
                    if (budget.free_bytes() > 1000) was_overdrawn = true;
            }
        });
    }
    threads.clear();
    EXPECT_FALSE(was_overdrawn);
    EXPECT_EQ(budget.free_bytes(), 1000u);
}

} // namespace
} // namespace learning_loop::http
