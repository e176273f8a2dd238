#include "learning_loop/node/page/node_page.h"

#include "learning_loop/json/json.h"
#include "learning_loop/node/page/node_page_files.h"
#include "support/guarded_router.h"

#include <gtest/gtest.h>

#include <limits>

namespace learning_loop {
namespace {

struct NodePageTest : testing::Test, test::GuardedRouter {
    NodeStatus status;

    NodePageTest()
    {
        add_node_page(router, [this] { return status; });
    }

    NodeSnapshot snapshot()
    {
        return from_json<NodeSnapshot>(parse_json(body_of("/live"), "snapshot").value()).value();
    }
};

TEST_F(NodePageTest, shows_the_page_to_everybody_and_what_the_node_does_to_operators)
{
    status.jobs = {{"beets 1.3", "converting", 0.5, "2024-01-31T12:00:00.123456+00:00"}};
    EXPECT_EQ(get("/", {}, "").status, 200);
    EXPECT_EQ(get("/live", {}, "").status, 401);
    EXPECT_EQ(get("/live", {}, "of another").status, 401);
    EXPECT_EQ(get("/live").status, 200);
    EXPECT_EQ(body_of("/").find("beets"), std::string::npos);
}

TEST_F(NodePageTest, tells_how_the_node_is_at_that_moment)
{
    status.name = "robot";
    status.errors = {{"report", "the Loop is away"}};
    status.link = {"connected", Look::good};
    status.jobs = {{"beets 1.3", "converting", 0.25, "2024-01-31T12:00:00.123456+00:00"}};
    auto told = snapshot().status;
    EXPECT_EQ(told.name, "robot");
    EXPECT_EQ(told.errors.at("report"), "the Loop is away");
    EXPECT_EQ(told.link.look, Look::good);
    EXPECT_EQ(told.jobs.at(0).progress, 0.25);
    status.jobs.clear();
    status.results = {{"2024-01-31T12:00:01.123456+00:00", "beets 1.3", "no such layer", true}};
    told = snapshot().status;
    EXPECT_TRUE(told.jobs.empty());
    EXPECT_EQ(told.results.at(0).outcome, "no such layer");
}

TEST_F(NodePageTest, leaves_out_the_points_of_curves_that_json_cannot_tell)
{
    constexpr auto infinity = std::numeric_limits<double>::infinity();
    constexpr auto none = std::numeric_limits<double>::quiet_NaN();
    status.curves = {
        {"loss", "epoch", {{1, 0.5}, {2, none}, {3, infinity}, {-infinity, 0.25}, {none, 0.25}, {5, 0.125}}},
        {"map50", "epoch", {{1, none}}, "%", Aim::high}};
    auto const curves = snapshot().status.curves;
    ASSERT_EQ(curves.at(0).points.size(), 2u);
    EXPECT_EQ(curves[0].points[0].y, 0.5);
    EXPECT_EQ(curves[0].points[1].y, 0.125);
    EXPECT_TRUE(curves.at(1).points.empty());
    EXPECT_EQ(curves[1].aim, Aim::high);
    EXPECT_EQ(body_of("/live").find("null,\"y\""), std::string::npos);
}

TEST_F(NodePageTest, has_a_script_that_never_reads_text_as_html)
{
    auto const script = node_js();
    for (auto const* word : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("})
        EXPECT_EQ(script.find(word), std::string::npos) << word;
}

} // namespace
} // namespace learning_loop
