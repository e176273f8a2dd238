#include "learning_loop/http/server/operator_door.h"

#include "learning_loop/http/api/router.h"

#include <gtest/gtest.h>

namespace learning_loop::http {
namespace {

using WithoutToken = OperatorDoor::WithoutToken;

struct OperatorDoorTest : testing::Test {
    Route open{"GET", "/about", {}};
    Route control{"PUT", "/mode", {}};

    OperatorDoorTest()
    {
        open.open_to(Access::everybody);
        control.open_to(Access::operators);
    }

    /// What becomes of a request to `control` with that header.
    static std::string ask(OperatorDoor door, Route const& route, std::string const& authorization = "")
    {
        Request request;
        if (!authorization.empty()) request.headers.add("Authorization", authorization);
        auto const admitted = door.admit(route, request);
        if (admitted) return request.caller.may == Access::operators ? "operator" : "in";
        return boost::describe::enum_to_string(admitted.error().code, "?");
    }
};

TEST_F(OperatorDoorTest, lets_the_token_control_the_node)
{
    auto const door = [] { return OperatorDoor(Secret("secret"), WithoutToken::closed); };
    EXPECT_EQ(ask(door(), control, "Bearer secret"), "operator");
    EXPECT_EQ(ask(door(), control, "bearer  secret"), "operator");
    for (auto const* wrong : {"", "Bearer secre", "Bearer secrets", "Bearer ", "Basic secret"})
        EXPECT_EQ(ask(door(), control, wrong), "unauthorized") << wrong;
    EXPECT_EQ(ask(door(), open), "in");
}

TEST_F(OperatorDoorTest, without_a_token_is_open_or_closed)
{
    EXPECT_EQ(ask({Secret(), WithoutToken::open}, control), "operator");
    EXPECT_EQ(ask({Secret(), WithoutToken::closed}, control), "forbidden");
    EXPECT_EQ(ask({Secret(), WithoutToken::closed}, control, "Bearer "), "forbidden");
    EXPECT_EQ(ask({Secret(), WithoutToken::closed}, open), "in");
}

TEST_F(OperatorDoorTest, tells_of_every_request_whether_it_is_the_operators)
{
    auto const door = [] { return OperatorDoor(Secret("secret"), WithoutToken::closed); };
    EXPECT_EQ(ask(door(), open, "Bearer secret"), "operator");
    EXPECT_EQ(ask(door(), open, "Bearer wrong"), "in");
    EXPECT_EQ(ask({Secret(), WithoutToken::open}, open), "operator");
}

TEST_F(OperatorDoorTest, does_not_believe_what_a_request_has_been_called_before)
{
    OperatorDoor door(Secret("secret"), WithoutToken::closed);
    Request request;
    request.caller.may = Access::operators;
    ASSERT_TRUE(door.admit(open, request));
    EXPECT_NE(request.caller.may, Access::operators);
}

TEST_F(OperatorDoorTest, checks_events_by_the_caller_and_tells_the_remedy)
{
    OperatorDoor const with_token(Secret("secret"), WithoutToken::closed);
    OperatorDoor const without_token(Secret(), WithoutToken::closed);
    Caller caller;
    caller.may = Access::people;
    EXPECT_EQ(with_token.check_operator(caller).error().code, Errc::unauthorized);
    EXPECT_NE(with_token.check_operator(caller).error().message.find("Authorization: Bearer <token>"),
              std::string::npos);
    EXPECT_EQ(without_token.check_operator(caller).error().code, Errc::forbidden);
    EXPECT_NE(without_token.check_operator(caller).error().message.find("NODE_TOKEN"), std::string::npos);
    caller.may = Access::operators;
    EXPECT_TRUE(with_token.check_operator(caller));
}

} // namespace
} // namespace learning_loop::http
