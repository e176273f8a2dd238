#include "learning_loop/async/within.h"

#include "learning_loop/async/pause.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace learning_loop {
namespace {

using std::chrono::milliseconds;
constexpr std::chrono::hours for_ever{24};

struct WithinTest : testing::Test {
    test::Io io;
    TaskGroup group{io.executor()};
    Pause pause{io.executor()};
    bool ended = false;

    ~WithinTest() override
    {
        group.cancel();
        io.run(group.join());
    }
    Task<Result<int>> answer() { co_return 7; }
    Task<Result<int>> failure() { co_return Error{Errc::conflict, "x"}; }
    Task<Result<int>> broken()
    {
        throw std::runtime_error("disk gone");
        co_return 7;
    }
    Task<Result<int>> slow()
    {
        co_await pause.sleep(for_ever);
        ended = true;
        co_return 7;
    }
    Result<int> run(milliseconds limit, Task<Result<int>> task)
    {
        return io.run(within(limit, group, "the work", std::move(task)));
    }
};

TEST_F(WithinTest, hands_on_what_the_task_returns_or_throws)
{
    EXPECT_EQ(run(for_ever, answer()).value(), 7);
    EXPECT_EQ(run(for_ever, failure()).error().code, Errc::conflict);
    EXPECT_THROW(run(for_ever, broken()), std::runtime_error);
}

TEST_F(WithinTest, gives_up_when_the_time_is_over_and_lets_the_task_end_by_itself)
{
    auto const late = run(milliseconds(1), slow());
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Errc::unavailable);
    EXPECT_EQ(late.error().message, "the work took longer than 1 ms: try again later");
    EXPECT_EQ(group.size(), 1u);
    pause.wake();
    EXPECT_TRUE(io.run_until([&] { return ended && group.size() == 0; }));
}

} // namespace
} // namespace learning_loop
