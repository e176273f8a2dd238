#include "learning_loop/async/turns.h"

#include "learning_loop/async/both.h"
#include "learning_loop/async/pause.h"
#include "learning_loop/async/task_group.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace learning_loop {
namespace {

struct TurnsTest : testing::Test {
    test::Io io;
    Turns turns;
    Pause pause{io.executor()};
    std::vector<std::string> events;

    Task<> hold_until_woken(std::string name)
    {
        auto const turn = co_await turns.take(name);
        events.push_back("holds " + name);
        co_await pause.sleep(std::chrono::hours(24));
        events.push_back("lets go of " + name);
    }
    Task<> take(std::string name)
    {
        auto const turn = co_await turns.take(name);
        events.push_back("takes " + name);
    }
};

TEST_F(TurnsTest, those_of_one_name_come_one_after_the_other)
{
    TaskGroup group(io.executor());
    group.spawn("first", hold_until_woken("a"));
    group.spawn("second", take("a"));
    group.spawn("third", take("a"));
    ASSERT_TRUE(io.run_until([&] { return events.size() == 1; }));
    io.run(take("b")); // another name: at once
    EXPECT_EQ(events, (std::vector<std::string>{"holds a", "takes b"}));
    pause.wake();
    io.run(group.join());
    EXPECT_EQ(events, (std::vector<std::string>{"holds a", "takes b", "lets go of a", "takes a", "takes a"}));
}

TEST_F(TurnsTest, who_is_cancelled_while_waiting_never_has_it)
{
    TaskGroup first(io.executor()), second(io.executor());
    first.spawn("first", hold_until_woken("a"));
    ASSERT_TRUE(io.run_until([&] { return events.size() == 1; }));
    second.spawn("second", take("a"));
    second.cancel();
    io.run(second.join());
    first.cancel(); // whoever holds it and is cancelled lets go
    io.run(first.join());
    io.run(take("a"));
    EXPECT_EQ(events, (std::vector<std::string>{"holds a", "takes a"}));
}

} // namespace
} // namespace learning_loop
