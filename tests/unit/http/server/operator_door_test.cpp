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

} // namespace
} // namespace learning_loop::http
