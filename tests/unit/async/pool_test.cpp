#include "learning_loop/async/streams.h"

#include "learning_loop/async/both.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <latch>
#include <set>
#include <stdexcept>
#include <thread>

namespace learning_loop {
namespace {

using Number = Result<int>;

/// A job that tells that it runs and waits until it is let go.
struct HeldJob {
    std::latch running{1};
    std::latch go_on{1};

    Number operator()()
    {
        running.count_down();
        go_on.wait();
        return 1;
    }
};

TEST(Lane, answers_with_what_the_job_returns)
{
    Lane lane("test");
    EXPECT_EQ(test::run(lane.run([]() -> Number { return 7; })).value(), 7);
    EXPECT_EQ(test::run(lane.run([]() -> Number { return Error{Errc::conflict, "x"}; })).error().code, Errc::conflict);
    EXPECT_EQ(lane.waiting(), 0);
}

TEST(Lane, runs_jobs_on_one_thread_that_is_not_the_callers)
{
    Lane lane("test");
    auto const where = []() -> Result<std::thread::id> { return std::this_thread::get_id(); };
    auto const first = test::run(lane.run(where)).value();
    EXPECT_NE(first, std::this_thread::get_id());
    EXPECT_EQ(test::run(lane.run(where)).value(), first);
}

TEST(Lane, runs_jobs_in_the_order_they_came)
{
    Lane lane("test");
    std::vector<int> order;
    auto const job = [&](int number) {
        return lane.run([&order, number]() -> Number {
            order.push_back(number);
            return number;
        });
    };
    auto const all = [&]() -> Task<std::pair<Number, Number>> {
        auto first = [&]() -> Task<Number> {
            auto pair = co_await both(job(1), job(2));
            co_return pair.second;
        };
        auto second = [&]() -> Task<Number> {
            auto pair = co_await both(job(3), job(4));
            co_return pair.second;
        };
        co_return co_await both(first(), second());
    };
    test::run(all());
    EXPECT_EQ(order, (std::vector{1, 2, 3, 4}));
}

TEST(Lane, refuses_what_does_not_fit_its_queue)
{
    HeldJob held;
    Lane lane("uploads", 1);
    auto const refused = [&]() -> Task<Number> {
        held.running.wait();
        auto answer = co_await lane.run([]() -> Number { return 2; });
        held.go_on.count_down();
        co_return answer;
    };
    auto const answers = test::run(both<Number>(lane.run(std::ref(held)), refused()));
    EXPECT_EQ(answers.first.value(), 1);
    ASSERT_FALSE(answers.second);
    EXPECT_EQ(answers.second.error().code, Errc::unavailable);
    EXPECT_EQ(answers.second.error().message, "uploads is busy: try again later");
    EXPECT_EQ(test::run(lane.run([]() -> Number { return 3; })).value(), 3); // there is room again
}

TEST(Lane, hands_an_exception_to_the_coroutine_that_waits)
{
    Lane lane("test");
    EXPECT_THROW(test::run(lane.run([]() -> Number { throw std::runtime_error("disk gone"); })), std::runtime_error);
    EXPECT_EQ(lane.waiting(), 0);
    EXPECT_EQ(test::run(lane.run([]() -> Number { return 7; })).value(), 7);
}

TEST(Lane, resumes_the_coroutine_on_its_own_thread)
{
    Lane lane("test");
    auto const where = [&]() -> Task<std::thread::id> {
        co_await lane.run([]() -> Number { return 1; });
        co_return std::this_thread::get_id();
    };
    EXPECT_EQ(test::run(where()), std::this_thread::get_id());
}

TEST(Lane, runs_what_nobody_waits_for_in_its_turn_and_before_it_goes)
{
    std::vector<int> order;
    {
        Lane lane("test");
        lane.post([&] { order.push_back(1); });
        auto job = [&]() -> Number {
            order.push_back(2);
            return 2;
        };
        EXPECT_EQ(test::run(lane.run(std::move(job))).value(), 2);
        lane.post([&] { order.push_back(3); });
    }
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(Pool, runs_jobs_side_by_side)
{
    Pool pool("test", 2, 10);
    std::latch meeting(2);
    auto const meet = [&]() -> Number {
        meeting.arrive_and_wait();
        return 1;
    }; // one thread alone would wait for ever
    auto const answers = test::run(both<Number>(pool.run(meet), pool.run(meet)));
    EXPECT_TRUE(answers.first);
    EXPECT_TRUE(answers.second);
}

TEST(Streams, use_all_instances_at_once)
{
    std::vector<std::unique_ptr<int>> instances;
    for (int const number : {1, 2}) instances.push_back(std::make_unique<int>(number));
    Streams<int> streams("test", std::move(instances), 4);
    std::latch meeting(2);
    auto const meet = [&](int& instance) -> Number {
        meeting.arrive_and_wait();
        return instance;
    };
    auto const answers = test::run(both<Number>(streams.run(meet), streams.run(meet)));
    EXPECT_EQ((std::set{answers.first.value(), answers.second.value()}), (std::set{1, 2}));
}

TEST(Streams, refuse_when_all_of_them_are_full)
{
    HeldJob held;
    std::vector<std::unique_ptr<int>> instances;
    instances.push_back(std::make_unique<int>(1));
    Streams<int> streams("detection", std::move(instances), 1);
    auto const refused = [&]() -> Task<Number> {
        held.running.wait();
        auto answer = co_await streams.run([](int&) -> Number { return 2; });
        held.go_on.count_down();
        co_return answer;
    };
    auto const answers = test::run(both<Number>(streams.run([&](int&) { return held(); }), refused()));
    EXPECT_TRUE(answers.first);
    EXPECT_EQ(answers.second.error().message, "detection is busy: try again later");
}

} // namespace
} // namespace learning_loop
