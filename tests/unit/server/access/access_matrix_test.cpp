#include "unit/server/server_fixture.h"

#include "learning_loop/http/api/router.h"
#include "learning_loop/http/url.h"

#include <map>
#include <set>

namespace learning_loop {
namespace {

/// The answers to one request of each caller, in this order: nobody from elsewhere, nobody on this machine, a node, a
/// node of another project, a script, a script of another project, a user. 200: let in.
using Row = std::vector<int>;

Row const everybody{200, 200, 200, 200, 200, 200, 200};
Row const detectors{401, 200, 200, 404, 200, 404, 200}; // of a project
Row const nodes{401, 401, 200, 404, 200, 404, 200};
Row const people{401, 401, 403, 403, 200, 404, 200};
Row const of_all_projects{401, 401, 403, 403, 200, 200, 200}; // whose handlers refuse a token for one project

/// Each route of the Loop and who may call it. A route that is not here fails the test.
std::map<std::string, Row> const expected{
    {"GET /api/status", everybody},
    {"POST /api/login", everybody},
    {"POST /api/logout", everybody},
    {"POST /api/token", everybody},
    {"GET /login", everybody},
    {"POST /login", everybody},
    {"POST /logout", everybody},
    {"GET /", everybody}, // who is not known is sent to the login: see PageTest
    {"GET /page.css", everybody},
    {"GET /docs", everybody},
    {"GET /docs.css", everybody},
    {"GET /redoc", everybody},
    {"GET /openapi.json", everybody},
    {"GET /health/live", everybody},
    {"GET /health/ready", everybody},
    {"GET /metrics", {401, 200, 200, 200, 200, 200, 200}},
    {"PUT /debug_logging", {401, 401, 403, 403, 403, 403, 200}},
    {"GET /api/projects", {401, 401, 200, 200, 200, 200, 200}}, // each sees its own
    {"POST /api/{organization}/projects", {401, 401, 403, 403, 200, 403, 200}},
    {"POST /api/{organization}/projects/generator", {401, 401, 403, 403, 200, 403, 200}},
    {"GET /api/{organization}/projects/{project}", nodes},
    {"DELETE /api/{organization}/projects/{project}", people},
    {"GET /api/{organization}/projects/{project}/categories", nodes},
    {"POST /api/{organization}/projects/{project}/categories", people},
    {"PUT /api/{organization}/projects/{project}/categories/{category}", people},
    {"DELETE /api/{organization}/projects/{project}/categories/{category}", people},
    {"GET /api/{organization}/projects/{project}/split", nodes},
    {"PUT /api/{organization}/projects/{project}/split", people},
    {"GET /api/{organization}/projects/{project}/data", nodes},
    {"GET /api/{organization}/projects/{project}/images", nodes},
    {"POST /api/{organization}/projects/{project}/images", detectors},
    {"PATCH /api/{organization}/projects/{project}/images", people},
    {"DELETE /api/{organization}/projects/{project}/images", people},
    {"GET /api/{organization}/projects/{project}/images/{image}/main", nodes},
    {"GET /api/{organization}/projects/{project}/images/{image}/thumb", nodes},
    {"GET /api/{organization}/projects/{project}/images/{image}/annotations", nodes},
    {"PUT /api/{organization}/projects/{project}/images/{image}/annotations", people},
    {"PUT /api/{organization}/projects/{project}/images/novelty_scores", nodes},
    {"POST /api/{organization}/projects/{project}/detections", nodes},
    {"GET /api/{organization}/projects/{project}/models", detectors},
    {"POST /api/{organization}/projects/{project}/models/{format}", nodes},
    {"POST /api/{organization}/projects/{project}/{format}", nodes},
    {"DELETE /api/{organization}/projects/{project}/models/{model}", people},
    {"GET /api/{organization}/projects/{project}/models/{model}/{format}/file", detectors},
    {"PUT /api/{organization}/projects/{project}/models/{model}/{format}/file", nodes},
    {"GET /api/{organization}/projects/{project}/deployment/target", detectors},
    {"PUT /api/{organization}/projects/{project}/deployment/target", people},
    {"DELETE /api/{organization}/projects/{project}/deployment/target", people},
    {"POST /api/{organization}/projects/{project}/deployment/rollback", people},
    {"GET /api/{organization}/projects/{project}/deployment/history", nodes},
    {"GET /api/{organization}/projects/{project}/deployment/imageIds", nodes},
    {"GET /api/{organization}/projects/{project}/detectors", nodes},
    {"POST /api/{organization}/projects/{project}/detectors", detectors},
    {"GET /api/{organization}/projects/{project}/trainings", nodes},
    {"POST /api/{organization}/projects/{project}/trainings", people},
    {"GET /api/{organization}/projects/{project}/trainings/{training}", nodes},
    {"POST /api/{organization}/projects/{project}/trainings/{training}/stop", people},
    {"POST /api/{organization}/projects/{project}/trainings/{training}/abort", people},
    {"GET /api/{organization}/projects/{project}/trainings/{training}/dataset", nodes},
    {"PUT /api/{organization}/projects/{project}/trainings/{training}/models/latest/{format}/file", nodes},
    {"GET /api/{organization}/projects/{project}/hyperparameters", nodes},
    {"PUT /api/{organization}/projects/{project}/hyperparameters", people},
    {"POST /api/{organization}/projects/{project}/user_input", people},
    {"DELETE /api/{organization}/projects/{project}/user_input/{frontend}", people},
    {"GET /api/nodes", of_all_projects},
    {"POST /api/nodes/{kind}/{node}/restart", of_all_projects},
    {"DELETE /api/nodes/{kind}/{node}", of_all_projects},
    {"GET /ws/socket.io", everybody}, // which event is for whom: see EventAccessTest
    {"POST /ws/socket.io", everybody},
    {"PUT /ws/socket.io", everybody},
    {"PATCH /ws/socket.io", everybody},
    {"DELETE /ws/socket.io", everybody},
};

struct AccessMatrixTest : ServerTest {
    int admit(http::Route const& route, std::size_t who)
    {
        http::Request request;
        request.method = route.method;
        request.path_params = {{"organization", "demo"}, {"project", "field"}, {"image", "i"},    {"model", "m"},
                               {"format", "f"},          {"category", "c"},    {"training", "1"}, {"frontend", "w"},
                               {"kind", "trainer"},      {"node", "n"}};
        std::erase_if(request.path_params,
                      [&](auto const& one) { return route.pattern.find("{" + one.first + "}") == std::string::npos; });
        request.sender.address = who == 0 ? "10.0.0.1" : "127.0.0.1";
        if (!authorizations[who].empty()) request.headers.add("Authorization", authorizations[who]);
        auto const admitted = router().admit(route, request);
        return admitted ? 200 : http::error_response(admitted.error()).status;
    }

    std::vector<std::string> const authorizations = authorizations_of_all();
};

TEST_F(AccessMatrixTest, every_route_lets_in_whom_it_is_for_and_nobody_else)
{
    std::set<std::string> unlisted;
    std::set<std::string> missing;
    for (auto const& [route, row] : expected) missing.insert(route);
    for (auto const& route : router().routes()) {
        auto const name = route.method + " " + route.pattern;
        auto const row = expected.find(name);
        missing.erase(name);
        if (row == expected.end()) {
            unlisted.insert(name);
            continue;
        }
        Row answers;
        for (std::size_t who = 0; who < authorizations.size(); ++who) answers.push_back(admit(route, who));
        EXPECT_EQ(answers, row->second) << name;
    }
    EXPECT_EQ(unlisted, std::set<std::string>());
    EXPECT_EQ(missing, std::set<std::string>());
}

TEST_F(AccessMatrixTest, a_project_that_is_not_ones_own_is_refused_as_one_that_there_is_not)
{
    caller.reset();
    auto const body = [this](std::string const& path) {
        return text_of(ask("GET", path, "", {{"Authorization", authorizations[3]}}));
    };
    auto text = body("/api/demo/projects/field");
    std::string_view const own = "field", other = "thing";
    for (auto at = text.find(own); at != text.npos; at = text.find(own)) text.replace(at, own.size(), other);
    EXPECT_EQ(text, body("/api/demo/projects/thing"));
}

TEST_F(AccessMatrixTest, a_token_for_one_project_sees_only_that_one)
{
    caller.reset();
    auto const list = ask("GET", "/api/projects", "", {{"Authorization", authorizations[3]}});
    ASSERT_EQ(json_of(list).at("projects").as_array().size(), 1u);
    EXPECT_EQ(json_of(list).at("projects").at(0).at("project_id"), "other");
    auto const page = text_of(ask("GET", "/", "", {{"Authorization", authorizations[3]}}));
    EXPECT_NE(page.find("other"), std::string::npos);
    EXPECT_EQ(page.find("field"), std::string::npos);
    EXPECT_EQ(ask("GET", "/?organization=demo&project=field", "", {{"Authorization", authorizations[3]}}).status, 404);
}

TEST_F(AccessMatrixTest, an_invalid_token_is_refused_where_none_is_needed)
{
    caller.reset();
    auto const path = "/api/demo/projects/field/models";
    EXPECT_EQ(get(path).status, 200);
    EXPECT_EQ(ask("GET", path, "", {{"Authorization", "Bearer llt_0"}}).status, 401);
    EXPECT_EQ(ask("GET", path, "", {{"Cookie", "learning_loop_session=expired"}}).status, 200); // a detector asks anew
    EXPECT_EQ(ask("GET", "/api/status", "", {{"Authorization", "Bearer llt_0"}}).status, 200);
}

TEST_F(AccessMatrixTest, who_may_come_through_a_proxy_that_nobody_vouches_for_is_not_let_in_without_a_login)
{
    caller.reset();
    sender.is_certain = false;
    auto const refused = get("/api/demo/projects/field/models");
    EXPECT_EQ(refused.status, 401);
    EXPECT_NE(text_of(refused).find("ANONYMOUS_NODES"), std::string::npos);
    EXPECT_NE(text_of(refused).find("learning-loop token create"), std::string::npos);
}

TEST_F(AccessMatrixTest, a_nodes_token_reports_that_node_alone)
{
    caller.reset();
    http::Headers const token{{"Authorization", authorizations[2]}};
    auto const report = [&](std::string const& name) {
        return ask(
            "POST", "/api/demo/projects/field/detectors",
            R"({"uuid": "u", "name": ")" + name +
                R"(", "state": "online", "uptime": 1, "model_format": "onnx", "errors": {}, "operation_mode": "idle"})",
            token);
    };
    EXPECT_EQ(report("cam1").status, 200);
    auto const other = report("cam2");
    EXPECT_EQ(other.status, 403);
    EXPECT_NE(text_of(other).find("NODE_NAME"), std::string::npos);
}

} // namespace
} // namespace learning_loop
