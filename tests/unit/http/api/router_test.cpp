#include "learning_loop/http/api/router.h"

#include "support/run.h"

#include <boost/asio/error.hpp>
#include <gtest/gtest.h>

#include <stdexcept>

namespace learning_loop::http {
namespace {

struct RouterTest : testing::Test {
    Router router;

    RouterTest()
    {
        auto const echo = [](Request request) -> Task<Result<Response>> {
            co_return text_response(request.path_param("name"));
        };
        router.add("GET", "/things/{name}", echo);
        router.add("PUT", "/things/{name}", echo).body_limit(7);
        router.add("GET", "/", echo);
    }

    std::string path_param(std::string_view path)
    {
        auto const match = router.match("GET", path);
        return match && !match->path_params.empty() ? match->path_params.front().second : "none";
    }

    static Response answer(Handler const& handler)
    {
        Route const route("GET", "/secret", handler);
        Request request;
        request.id = "r-1";
        return test::run(Router::answer_to(route, std::move(request)));
    }
};

TEST_F(RouterTest, fills_the_places_of_a_route)
{
    EXPECT_EQ(path_param("/things/a"), "a");
    EXPECT_EQ(router.match("PUT", "/things/a")->route->max_body_bytes, 7u);
}

/// Lets nobody in and remembers whom it was asked about.
struct ClosedDoor final : Doorkeeper {
    Result<void> admit(Route const& route, Request& request) override
    {
        asked += route.method + " " + request.path;
        return Error{Errc::forbidden, "closed"};
    }
    std::string asked;
};

TEST_F(RouterTest, needs_no_access_without_a_doorkeeper)
{
    EXPECT_NO_THROW(router.require_access());
    Request request;
    EXPECT_TRUE(router.admit(router.routes().front(), request));
    EXPECT_EQ(request.caller.kind, Caller::Kind::nobody);
    Route control("PUT", "/mode", {});
    control.open_to(Access::operators);
    EXPECT_EQ(router.admit(control, request).error().code, Errc::forbidden);
}

TEST_F(RouterTest, with_a_doorkeeper_serves_no_route_that_does_not_tell_its_access)
{
    ClosedDoor door;
    router.guard(door);
    EXPECT_THROW(router.guard(door), std::logic_error);
    try {
        router.require_access();
        FAIL() << "a route without access was let pass";
    } catch (std::logic_error const& refused) {
        EXPECT_STREQ(refused.what(), "GET /things/{name} does not tell who may call it: add open_to()");
    }
    Request request;
    request.path = "/things/a";
    EXPECT_EQ(router.admit(router.routes().front(), request).error().message, "closed");
    EXPECT_EQ(door.asked, "GET /things/a");
}

TEST(Router, with_a_doorkeeper_serves_routes_that_tell_their_access)
{
    Router router;
    ClosedDoor door;
    router.guard(door);
    router.add("GET", "/", {}).open_to(Access::everybody);
    EXPECT_NO_THROW(router.require_access());
}

TEST_F(RouterTest, takes_a_slash_at_the_end_and_a_double_one)
{
    EXPECT_EQ(path_param("/things/a/"), "a");
    EXPECT_EQ(path_param("//things//a"), "a");
    EXPECT_TRUE(router.match("GET", "/"));
}

TEST_F(RouterTest, refuses_a_segment_that_could_lead_out_of_a_folder)
{
    for (auto const* path : {"/things/..", "/things/%2e%2E", "/things/.", "/things/%C0%AE%C0%AE"}) {
        EXPECT_EQ(router.match("GET", path).error().response.status, 400) << path;
    }
    EXPECT_EQ(path_param("/things/a..b"), "a..b");
    EXPECT_EQ(path_param("/things/%252e"), "%2e"); // decoded once
    EXPECT_EQ(path_param("/things/a%2Fb"), "a/b"); // whoever uses it as a name checks it
}

TEST_F(RouterTest, tells_the_methods_of_a_path)
{
    auto const answer = router.match("OPTIONS", "/things/a").error().response;
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.headers.find("Allow"), "GET, PUT");
}

TEST_F(RouterTest, answers_404_for_a_path_it_does_not_know)
{
    for (auto const* path : {"/things", "/thing/a", "/Things/a", "/things/a/b"}) {
        auto const match = router.match("GET", path);
        ASSERT_FALSE(match) << path;
        EXPECT_EQ(match.error().response.status, 404) << path;
    }
    EXPECT_EQ(std::get<std::string>(router.match("GET", "/x").error().response.body), R"({"detail":"Not Found"})");
}

TEST_F(RouterTest, answers_405_with_the_methods_there_are)
{
    auto const match = router.match("DELETE", "/things/a");
    EXPECT_EQ(match.error().response.status, 405);
    EXPECT_EQ(match.error().response.headers.find("Allow"), "GET, PUT");
    EXPECT_EQ(std::get<std::string>(match.error().response.body), R"({"detail":"Method Not Allowed"})");
}

TEST_F(RouterTest, answers_400_for_a_broken_escape)
{
    EXPECT_EQ(router.match("GET", "/things/%zz").error().response.status, 400);
    EXPECT_EQ(router.match("GET", "/things/%00").error().response.status, 400);
}

TEST_F(RouterTest, takes_head_for_get)
{
    EXPECT_TRUE(router.match("HEAD", "/things/a"));
    EXPECT_FALSE(router.match("get", "/things/a"));
}

TEST_F(RouterTest, answers_with_what_the_handler_returns)
{
    auto const match = router.match("GET", "/things/a");
    Request request;
    request.path_params = match->path_params;
    EXPECT_EQ(std::get<std::string>(test::run(Router::answer_to(*match->route, std::move(request))).body), "a");
    EXPECT_EQ(answer([](Request) -> Task<Result<Response>> { co_return Error{Errc::conflict, "x"}; }).status, 409);
}

TEST_F(RouterTest, tells_the_client_nothing_of_an_exception)
{
    auto const response = answer([](Request) -> Task<Result<Response>> {
        throw std::runtime_error("the secret");
        co_return Response{};
    });
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(std::get<std::string>(response.body).find("the secret"), std::string::npos);
    EXPECT_NE(std::get<std::string>(response.body).find("r-1"), std::string::npos); // to look for in the log
}

TEST_F(RouterTest, lets_a_handler_be_cancelled)
{
    auto const cancelled = [](Request) -> Task<Result<Response>> {
        throw boost::system::system_error(boost::asio::error::operation_aborted);
        co_return Response{};
    };
    EXPECT_THROW(answer(cancelled), boost::system::system_error);
}

TEST_F(RouterTest, keeps_the_api_objects_it_is_given)
{
    struct Api {
        std::string text;
        void add_to(Router& into) { into.get("/api", *this, &Api::get); }
        Task<Result<Response>> get(Request) { co_return text_response(text); }
    };
    router.keep<Api>("kept");
    EXPECT_EQ(std::get<std::string>(answer(router.match("GET", "/api")->route->handler).body), "kept");
}

} // namespace
} // namespace learning_loop::http
