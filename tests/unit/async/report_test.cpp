#include "learning_loop/async/report.h"

#include "learning_loop/async/pause.h"
#include "learning_loop/async/pool.h"
#include "learning_loop/async/task_group.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <latch>

namespace learning_loop {
namespace {

bool reported(std::string_view beginning)
{
    auto const lines = report();
    return std::any_of(lines.begin(), lines.end(), [&](auto const& line) { return line.starts_with(beginning); });
}

struct ReportTest : testing::Test {
    test::Io io;
    TaskGroup group{io.executor()};
    Lane lane{"the outbox"};
    std::latch running{1};
    std::latch go_on{1};

    Task<> use_lane()
    {
        begin_request("r-7");
        auto job = [this]() -> Result<int> {
            running.count_down();
            go_on.wait();
            return 1;
        };
        (co_await lane.run(std::move(job))).value();
        begin_request({});
        Pause pause(io.executor());
        co_await pause.sleep(std::chrono::hours(1));
    }
};

TEST_F(ReportTest, tells_what_each_task_waits_for_and_which_queues_have_work)
{
    EXPECT_FALSE(reported("a connection"));
    group.spawn("a connection", use_lane());
    ASSERT_TRUE(io.run_until([&] { return running.try_wait(); }));
    EXPECT_TRUE(reported("a connection: waits for the outbox, request r-7, since "));
    EXPECT_TRUE(reported("the outbox: 1 jobs"));
    go_on.count_down();
    ASSERT_TRUE(io.run_until([] { return reported("a connection: waits for a pause, since "); }));
    EXPECT_FALSE(reported("the outbox"));
    group.cancel();
    io.run(group.join());
    EXPECT_FALSE(reported("a connection"));
}

TEST_F(ReportTest, knows_the_task_that_runs_and_its_request)
{
    std::string seen;
    auto look = [](std::string& into) -> Task<> {
        begin_request("r-8");
        into = current_task()->name + " " + std::string(log::request_id());
        co_return;
    };
    group.spawn("looking", look(seen));
    ASSERT_TRUE(io.run_until([&] { return group.size() == 0; }));
    EXPECT_EQ(seen, "looking r-8");
    EXPECT_EQ(current_task(), nullptr);
    EXPECT_EQ(log::request_id(), "");
}

} // namespace
} // namespace learning_loop
