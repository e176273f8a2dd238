#include "learning_loop/async/interruptible.h"

#include "learning_loop/async/pause.h"
#include "learning_loop/async/task_group.h"
#include "support/run.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

constexpr std::chrono::hours for_ever{1};

struct InterruptibleTest : testing::Test {
    test::Io io;
    Interruptible interruptible;
    std::optional<int> answer = -1;
    bool is_waiting = false;
    bool has_ended = false;

    Task<int> number(int value) { co_return value; }
    Task<int> failure()
    {
        throw std::runtime_error("broken");
        co_return 0;
    }
    Task<int> wait_for_ever()
    {
        struct End {
            bool& told;
            ~End() { told = true; }
        } const end{has_ended};
        Pause pause(io.executor());
        is_waiting = true;
        co_await pause.sleep(for_ever);
        co_return 0;
    }
    Task<> take(Task<int> task) { answer = co_await interruptible.run(std::move(task)); }
};

TEST_F(InterruptibleTest, hands_on_the_answer)
{
    io.run(take(number(7)));
    EXPECT_EQ(answer, 7);
}

TEST_F(InterruptibleTest, ends_what_runs_and_goes_on)
{
    TaskGroup tasks(io.executor());
    tasks.spawn("waits", take(wait_for_ever()));
    ASSERT_TRUE(io.run_until([&] { return is_waiting; }));
    interruptible.interrupt();
    io.run(tasks.join());
    EXPECT_EQ(answer, std::nullopt);
    EXPECT_TRUE(has_ended);
}

TEST_F(InterruptibleTest, does_nothing_to_what_comes_later)
{
    interruptible.interrupt();
    io.run(take(number(7)));
    EXPECT_EQ(answer, 7);
}

TEST_F(InterruptibleTest, hands_on_what_is_thrown)
{
    EXPECT_THROW(io.run(take(failure())), std::runtime_error);
}

TEST_F(InterruptibleTest, ends_with_its_own_task)
{
    TaskGroup tasks(io.executor());
    tasks.spawn("waits", take(wait_for_ever()));
    ASSERT_TRUE(io.run_until([&] { return is_waiting; }));
    tasks.cancel();
    io.run(tasks.join());
    EXPECT_EQ(answer, -1); // it threw instead
    EXPECT_TRUE(has_ended);
}

} // namespace
} // namespace learning_loop
