#include "learning_loop/server/accounts/login_queue.h"

#include "learning_loop/async/task_group.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <latch>

namespace learning_loop {
namespace {

struct LoginQueueTest : testing::Test {
    test::Io io;
    LoginQueue::Clock::time_point now{std::chrono::hours(1)};
    LoginQueue queue{io.executor(), [this] { return now; }};
    std::string order; ///< Of the checks that ran.

    /// `right`, `wrong` or the error.
    std::string check(std::string const& address, std::string const& account, bool right)
    {
        auto task = queue.check({address, account}, [right] { return right; });
        return told(io.run(std::move(task)));
    }

    static std::string told(Result<bool> const& checked)
    {
        if (!checked) return boost::describe::enum_to_string(checked.error().code, "?");
        return *checked ? "right" : "wrong";
    }

    void fail(std::string const& address, std::string const& account, int times)
    {
        for (int i = 0; i < times; ++i) EXPECT_EQ(check(address, account, false), "wrong") << i;
    }
};

TEST_F(LoginQueueTest, tells_right_from_wrong)
{
    EXPECT_EQ(check("10.0.0.1", "admin", true), "right");
    EXPECT_EQ(check("10.0.0.1", "admin", false), "wrong");
}

TEST_F(LoginQueueTest, refuses_an_address_that_failed_ten_times_at_an_account)
{
    fail("10.0.0.1", "admin", 10);
    EXPECT_EQ(check("10.0.0.1", "admin", true), "too_many");
    EXPECT_EQ(check("10.0.0.2", "admin", true), "right"); // the account is not locked
    EXPECT_EQ(check("10.0.0.1", "ann", true), "right");   // nor is everybody at that address
}

TEST_F(LoginQueueTest, lets_it_try_again_after_a_while)
{
    fail("10.0.0.1", "admin", 10);
    now += std::chrono::seconds(31);
    EXPECT_EQ(check("10.0.0.1", "admin", false), "wrong");
    EXPECT_EQ(check("10.0.0.1", "admin", true), "too_many");
}

TEST_F(LoginQueueTest, refuses_an_address_that_failed_at_a_hundred_accounts)
{
    for (int i = 0; i < 100; ++i) fail("10.0.0.1", "name" + std::to_string(i), 1);
    EXPECT_EQ(check("10.0.0.1", "admin", true), "too_many");
}

TEST_F(LoginQueueTest, counts_a_network_of_ipv6_as_one_address)
{
    for (int i = 0; i < 10; ++i) fail("fd00::" + std::to_string(i), "admin", 1);
    EXPECT_EQ(check("fd00::99", "admin", true), "too_many");
    EXPECT_EQ(check("fd00:0:0:1::1", "admin", true), "right");
}

TEST_F(LoginQueueTest, refuses_nobody_behind_a_proxy_that_tells_no_address)
{
    fail("", "admin", 200);
    EXPECT_EQ(check("", "admin", true), "right");
}

/// Logins that wait while a first one is checked.
struct WaitingLoginsTest : LoginQueueTest {
    TaskGroup tasks{io.executor()};
    std::latch begun{1};
    std::latch go_on{1};
    std::vector<std::string> answers;

    Task<> try_login(std::string address, std::function<bool()> is_right)
    {
        auto task = queue.check({address, "admin"}, std::move(is_right));
        auto const checked = co_await std::move(task);
        answers.push_back(address + " " + told(checked));
    }

    void start(std::string const& address)
    {
        tasks.spawn(address, try_login(address, [this, address] {
                        order += address + " ";
                        return true;
                    }));
    }

    void start_wrong(std::string const& address)
    {
        tasks.spawn(address, try_login(address, [this, address] {
                        order += address + " ";
                        return false;
                    }));
    }

    void start_first()
    {
        tasks.spawn("first", try_login("first", [this] {
                        begun.count_down();
                        go_on.wait();
                        return true;
                    }));
    }

    void wait_for_all()
    {
        go_on.count_down();
        EXPECT_TRUE(io.run_until([this] { return tasks.size() == 0; }));
    }
};

TEST_F(WaitingLoginsTest, come_in_the_order_of_their_failures)
{
    fail("10.0.0.1", "x", 3);
    fail("10.0.0.2", "x", 1);
    start_first();
    for (auto const* address : {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"}) start(address);
    wait_for_all();
    EXPECT_EQ(order, "10.0.0.3 10.0.0.4 10.0.0.2 10.0.0.1 ");
}

TEST_F(WaitingLoginsTest, of_one_address_do_not_hold_up_those_of_another)
{
    start_first();
    for (auto const* address : {"10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2"}) start(address);
    wait_for_all();
    EXPECT_EQ(order, "10.0.0.1 10.0.0.2 10.0.0.1 10.0.0.1 ");
}

TEST_F(WaitingLoginsTest, fall_behind_when_their_address_fails_meanwhile)
{
    start_first();
    for (int i = 0; i < 3; ++i) start_wrong("10.0.0.1");
    for (int i = 0; i < 3; ++i) start("10.0.0.2");
    wait_for_all();
    EXPECT_EQ(order, "10.0.0.1 10.0.0.2 10.0.0.2 10.0.0.2 10.0.0.1 10.0.0.1 ");
}

TEST_F(WaitingLoginsTest, that_are_sent_at_once_pass_no_limit)
{
    start_first();
    for (int i = 0; i < 50; ++i) start_wrong("10.0.0.1");
    wait_for_all();
    EXPECT_EQ(std::ranges::count(answers, "10.0.0.1 wrong"), 10);
    EXPECT_EQ(std::ranges::count(answers, "10.0.0.1 too_many"), 40);
}

TEST_F(WaitingLoginsTest, beyond_their_limit_are_refused_from_the_end_of_the_line)
{
    start_first();
    for (int i = 0; i < 400; ++i) start("10.0.0.1");
    start("10.0.0.1");
    EXPECT_TRUE(io.run_until([this] { return answers.size() == 1; }));
    EXPECT_EQ(answers.front(), "10.0.0.1 too_many");
    start("10.0.0.2"); // its turn comes before most of them: the last of these makes room
    wait_for_all();
    EXPECT_EQ(std::ranges::count(answers, "10.0.0.1 too_many"), 2);
    EXPECT_EQ(std::ranges::count(answers, "10.0.0.2 right"), 1);
}

TEST_F(WaitingLoginsTest, that_are_cancelled_leave_the_line)
{
    start_first();
    for (auto const* address : {"10.0.0.1", "10.0.0.2"}) start(address);
    tasks.cancel();
    go_on.count_down();
    io.run(tasks.join());
    EXPECT_EQ(order, "");
    EXPECT_EQ(queue.waiting(), 0u);
    EXPECT_EQ(check("10.0.0.3", "admin", true), "right");
}

} // namespace
} // namespace learning_loop
