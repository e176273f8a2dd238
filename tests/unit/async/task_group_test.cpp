#include "learning_loop/async/task_group.h"

#include "learning_loop/async/pause.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace learning_loop {
namespace {

constexpr std::chrono::hours for_ever{24};

struct TaskGroupTest : testing::Test {
    test::Io io;
    int failures = 0;
    TaskGroup group{io.executor(), [this] { ++failures; }};
    bool started = false;
    bool ended = false;

    Task<> waiting()
    {
        started = true;
        Pause pause(io.executor());
        try {
            co_await pause.sleep(for_ever);
        } catch (boost::system::system_error const&) {
            ended = true;
            throw;
        }
    }
    Task<> failing()
    {
        throw std::runtime_error("broken");
        co_return;
    }
    Task<> ending() { co_return; }
    Task<> end_all()
    {
        group.cancel();
        co_await group.join();
    }
};

TEST_F(TaskGroupTest, cancels_and_joins_what_waits)
{
    group.spawn("a", waiting());
    group.spawn("b", waiting());
    ASSERT_TRUE(io.run_until([&] { return started; }));
    EXPECT_EQ(group.size(), 2u);
    io.run(end_all());
    EXPECT_TRUE(ended);
    EXPECT_EQ(group.size(), 0u);
    EXPECT_EQ(failures, 0);
}

TEST_F(TaskGroupTest, lets_go_of_what_ended)
{
    group.spawn("a", ending());
    io.run(group.join());
    EXPECT_EQ(group.size(), 0u);
    EXPECT_EQ(failures, 0);
}

TEST_F(TaskGroupTest, tells_that_a_child_failed_and_lets_the_others_go_on)
{
    group.spawn("a", waiting());
    group.spawn("b", failing());
    ASSERT_TRUE(io.run_until([&] { return failures > 0; }));
    EXPECT_EQ(failures, 1);
    EXPECT_EQ(group.size(), 1u);
    EXPECT_FALSE(ended);
    io.run(end_all());
}

TEST_F(TaskGroupTest, takes_no_child_after_it_was_cancelled)
{
    group.cancel();
    group.spawn("a", waiting());
    io.run(group.join());
    EXPECT_FALSE(started);
}

TEST_F(TaskGroupTest, joins_at_once_when_it_is_empty)
{
    io.run(group.join());
}

} // namespace
} // namespace learning_loop
