#include "learning_loop/async/turn.h"

#include "learning_loop/async/both.h"
#include "learning_loop/async/interruptible.h"

#include "support/run.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

Task<> a_moment()
{
    auto const executor = co_await boost::asio::this_coro::executor;
    for (int i = 0; i < 5; ++i) co_await boost::asio::post(executor, boost::asio::use_awaitable);
}

Task<Result<void>> take_and_note(Turn& turn, std::string& notes, char name)
{
    auto const held = co_await turn.take();
    if (!held) co_return held.error();
    notes += name;
    co_await a_moment();
    notes += name;
    co_return Result<void>();
}

Task<Result<void>> two_of(Turn& turn, std::string& notes, char first, char second)
{
    auto one = take_and_note(turn, notes, first);
    auto other = take_and_note(turn, notes, second);
    auto const both_done = co_await both(std::move(one), std::move(other));
    if (!both_done.first) co_return both_done.first.error();
    co_return both_done.second;
}

TEST(TurnTest, one_after_the_other_in_the_order_they_came)
{
    Turn turn("the test", 10);
    std::string notes;
    auto const run = [&]() -> Task<Result<void>> {
        auto first = two_of(turn, notes, 'a', 'b');
        auto second = two_of(turn, notes, 'c', 'd');
        auto const all = co_await both(std::move(first), std::move(second));
        if (!all.first) co_return all.first.error();
        co_return all.second;
    };
    EXPECT_TRUE(test::run(run()));
    EXPECT_EQ(notes, "aabbccdd");
    EXPECT_TRUE(test::run(take_and_note(turn, notes, 'e')));
}

TEST(TurnTest, too_many_that_wait_are_refused)
{
    Turn turn("the test", 1);
    std::string notes;
    auto const run = [&]() -> Task<Result<void>> {
        auto first = two_of(turn, notes, 'a', 'b');
        auto second = take_and_note(turn, notes, 'c');
        auto const all = co_await both(std::move(first), std::move(second));
        if (!all.first) co_return all.first.error();
        co_return all.second;
    };
    EXPECT_EQ(test::run(run()).error().code, Errc::unavailable);
    EXPECT_EQ(notes, "aabb");
}

Task<Result<void>> waits_until_interrupted(Interruptible& interruptible, Turn& turn, std::string& notes)
{
    auto waiting = take_and_note(turn, notes, 'x');
    auto const answer = co_await interruptible.run(std::move(waiting));
    EXPECT_FALSE(answer);
    co_return Result<void>();
}

Task<Result<void>> interrupts(Interruptible& interruptible)
{
    co_await a_moment();
    interruptible.interrupt();
    co_return Result<void>();
}

Task<Result<void>> hold_while_another_gives_up(Turn& turn, std::string& notes)
{
    Interruptible interruptible;
    {
        auto const held = co_await turn.take();
        auto one = waits_until_interrupted(interruptible, turn, notes);
        auto other = interrupts(interruptible);
        co_await both(std::move(one), std::move(other));
    }
    co_return co_await take_and_note(turn, notes, 'y');
}

TEST(TurnTest, who_is_cancelled_leaves_the_queue)
{
    Turn turn("the test", 10);
    std::string notes;
    EXPECT_TRUE(test::run(hold_while_another_gives_up(turn, notes)));
    EXPECT_EQ(notes, "yy");
}

} // namespace
} // namespace learning_loop
