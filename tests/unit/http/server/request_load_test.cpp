#include "learning_loop/http/server/request_load.h"

#include <gtest/gtest.h>

#include <vector>

namespace learning_loop::http {
namespace {

struct RequestLoadTest : testing::Test {
    BodyBudget budget{1000};
    RequestLoad load{{.open_of_one = 2,
                      .open_of_unknown_one = 1,
                      .open_of_unknown = 3,
                      .open_of_visitors = 2,
                      .memory_of_one_bytes = 300,
                      .memory_of_unknown_bytes = 500,
                      .memory_of_visitors_bytes = 50,
                      .uploads_of_one_bytes = 40,
                      .uploads_bytes = 60},
                     budget};
    std::vector<RequestLoad::Ticket> open;

    bool begin(std::string const& address, Crowd crowd = Crowd::unknown)
    {
        auto ticket = load.begin({address}, crowd);
        if (ticket) open.push_back(std::move(*ticket));
        else EXPECT_EQ(ticket.error().code, Errc::too_many);
        return ticket.has_value();
    }
};

TEST_F(RequestLoadTest, one_address_has_so_many_open_requests_at_most)
{
    EXPECT_TRUE(begin("10.0.0.1", Crowd::known));
    EXPECT_TRUE(begin("10.0.0.1", Crowd::known));
    EXPECT_FALSE(begin("10.0.0.1", Crowd::known));
    EXPECT_TRUE(begin("10.0.0.2", Crowd::known));
    open.clear();
    EXPECT_TRUE(begin("10.0.0.1", Crowd::known));
}

TEST_F(RequestLoadTest, who_is_unknown_leaves_room_for_who_is_known)
{
    for (auto const* address : {"10.0.0.1", "10.0.0.2", "10.0.0.3"}) EXPECT_TRUE(begin(address));
    EXPECT_FALSE(load.is_too_large(Crowd::unknown));
    EXPECT_TRUE(begin("10.0.0.4"));
    EXPECT_TRUE(load.is_too_large(Crowd::unknown));
    EXPECT_FALSE(load.is_too_large(Crowd::known));
    EXPECT_FALSE(load.is_too_large(Crowd::visitors)); // who still may log in
    open.pop_back();
    EXPECT_FALSE(load.is_too_large(Crowd::unknown));
    for (auto const* address : {"10.0.0.1", "10.0.0.2", "10.0.0.3"}) EXPECT_TRUE(begin(address, Crowd::visitors));
    EXPECT_TRUE(load.is_too_large(Crowd::visitors));
}

TEST_F(RequestLoadTest, who_is_unknown_takes_no_room_of_a_user_at_the_same_address)
{
    EXPECT_TRUE(begin("10.0.0.1"));
    EXPECT_FALSE(begin("10.0.0.1"));
    EXPECT_TRUE(begin("10.0.0.1", Crowd::known));
}

TEST_F(RequestLoadTest, a_network_of_ipv6_is_one_address)
{
    EXPECT_TRUE(begin("fd00::1"));
    EXPECT_FALSE(begin("fd00::2"));
    EXPECT_TRUE(begin("fd00:0:0:1::1"));
}

TEST_F(RequestLoadTest, many_may_hide_behind_a_proxy_that_tells_no_address)
{
    EXPECT_TRUE(begin("", Crowd::known));
    EXPECT_TRUE(begin("", Crowd::known));
    EXPECT_TRUE(begin("", Crowd::known));
}

TEST_F(RequestLoadTest, memory_is_bounded_by_address_for_the_unknown_together_and_for_all)
{
    ASSERT_TRUE(begin("10.0.0.1"));
    ASSERT_TRUE(begin("10.0.0.2"));
    ASSERT_TRUE(begin("10.0.0.4", Crowd::known));
    ASSERT_TRUE(begin("10.0.0.4", Crowd::known));
    auto first = open[0].memory().begin();
    auto second = open[1].memory().begin();
    auto third = open[2].memory().begin();
    auto fourth = open[3].memory().begin();
    EXPECT_FALSE(first.grow_to(301));
    EXPECT_TRUE(first.grow_to(300));
    EXPECT_FALSE(second.grow_to(201)); // both together, whom nobody knows
    EXPECT_TRUE(second.grow_to(200));
    EXPECT_TRUE(third.grow_to(200));
    EXPECT_FALSE(fourth.grow_to(101)); // both at one address
    EXPECT_TRUE(fourth.grow_to(100));
    EXPECT_EQ(budget.free_bytes(), 200u);
}

TEST_F(RequestLoadTest, visitors_have_memory_that_nobody_else_can_take)
{
    ASSERT_TRUE(begin("", Crowd::known));
    ASSERT_TRUE(begin("10.0.0.1", Crowd::visitors));
    auto all = open[0].memory().begin();
    auto login = open[1].memory().begin();
    EXPECT_TRUE(all.grow_to(1000));
    EXPECT_TRUE(login.grow_to(50));
    EXPECT_FALSE(login.grow_to(51));
}

TEST_F(RequestLoadTest, uploads_are_bounded_by_address_and_for_all)
{
    ASSERT_TRUE(begin("10.0.0.1", Crowd::known));
    ASSERT_TRUE(begin("10.0.0.1", Crowd::known));
    ASSERT_TRUE(begin("10.0.0.2"));
    auto first = open[0].uploads().begin();
    auto second = open[1].uploads().begin();
    auto third = open[2].uploads().begin();
    EXPECT_TRUE(first.grow_to(30));
    EXPECT_FALSE(second.grow_to(11));
    EXPECT_FALSE(third.grow_to(31));
    EXPECT_TRUE(third.grow_to(30));
}

TEST_F(RequestLoadTest, everything_is_given_back)
{
    ASSERT_TRUE(begin("10.0.0.1"));
    ASSERT_TRUE(begin("10.0.0.2", Crowd::known));
    EXPECT_EQ(load.open(), 2u);
    EXPECT_TRUE(open[0].memory().begin().grow_to(300));
    open[0].give_back();
    open[0].give_back();
    open.clear();
    EXPECT_EQ(load.open(), 0u);
    EXPECT_EQ(budget.free_bytes(), 1000u);
}

TEST(RequestLoad, is_unbounded_unless_told_otherwise)
{
    RequestLoad load({}, BodyBudget(10));
    std::vector<RequestLoad::Ticket> open;
    for (int i = 0; i < 1000; ++i) open.push_back(load.begin({"10.0.0.1"}, Crowd::unknown).value());
    EXPECT_EQ(load.open(), 1000u);
}

} // namespace
} // namespace learning_loop::http
