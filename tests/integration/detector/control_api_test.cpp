#include "learning_loop/detector/control_api.h"

#include "integration/detector/detector_node.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

struct ControlApiTest : testing::Test {
    test::TempFolder folder;
    test::FakeLoop loop;
    test::DetectorNode node{test::detector_settings_for(folder.path(), loop), std::make_shared<test::FakeFindings>()};

    /// `status body`
    std::string ask(std::string const& method, std::string const& path, std::string const& body = "")
    {
        http::Request request;
        request.body = body;
        auto const* const route = node.runner.router().match(method, path)->route;
        auto const response = node.io.run(http::Router::answer_to(*route, std::move(request)));
        return std::to_string(response.status) + " " + std::get<std::string>(response.body);
    }
};

TEST_F(ControlApiTest, tells_about_the_node)
{
    EXPECT_EQ(ask("GET", "/about"),
              R"(200 {"operation_mode":"startup","state":"online","model_info":null,"target_model":null,)"
              R"("version_control":"follow_loop"})");
    ModelInformation model;
    model.version = "1.3";
    node.io.run(node.parts.detection.load(model)).value();
    EXPECT_NE(ask("GET", "/about")
                  .find(R"("model_info":{"id":"","host":null,"organization":"","project":"","version":"1.3",)"),
              std::string::npos);
}

TEST_F(ControlApiTest, tells_the_versions)
{
    EXPECT_EQ(ask("GET", "/model_version"),
              R"(200 {"current_version":"None","target_version":"None","loop_version":"None","local_versions":[],)"
              R"("version_control":"follow_loop"})");
}

TEST_F(ControlApiTest, chooses_the_version)
{
    EXPECT_EQ(ask("PUT", "/model_version", "pause"), "200 \"OK\"");
    EXPECT_NE(ask("GET", "/model_version").find(R"("version_control":"pause")"), std::string::npos);
    EXPECT_EQ(ask("PUT", "/model_version", "follow_loop"), "200 \"OK\"");
    EXPECT_EQ(ask("PUT", "/model_version", "latest"), R"(400 {"detail":"Invalid version number"})");
    EXPECT_EQ(ask("PUT", "/model_version", "1.3"), R"(400 {"detail":"No Model with version 1.3"})");
}

TEST_F(ControlApiTest, stops_the_outbox_and_lets_it_go_on)
{
    EXPECT_EQ(ask("GET", "/outbox_mode"), "200 continuous_upload");
    EXPECT_EQ(ask("PUT", "/outbox_mode", "stopped"), "200 \"OK\"");
    EXPECT_EQ(ask("GET", "/outbox_mode"), "200 stopped");
    EXPECT_EQ(ask("PUT", "/outbox_mode", "continuous_upload"), "200 \"OK\"");
    EXPECT_EQ(ask("GET", "/outbox_mode"), "200 continuous_upload");
}

TEST_F(ControlApiTest, refuses_a_mode_there_is_not)
{
    EXPECT_EQ(ask("PUT", "/outbox_mode", "sometimes"),
              R"(422 {"detail":"Could not set outbox mode: 'sometimes' is not a valid OutboxMode"})");
    EXPECT_EQ(ask("PUT", "/outbox_mode", "").substr(0, 3), "422");
}

TEST_F(ControlApiTest, tells_and_takes_the_operation_mode)
{
    EXPECT_EQ(ask("GET", "/operation_mode"), "200 startup");
    for (std::string const mode : {"detecting", "idle", "startup"}) {
        EXPECT_EQ(ask("PUT", "/operation_mode", mode), "200 \"OK\"");
        EXPECT_EQ(ask("GET", "/operation_mode"), "200 " + mode);
        EXPECT_NE(ask("GET", "/about").find(R"("operation_mode":")" + mode + "\""), std::string::npos);
    }
    EXPECT_EQ(ask("PUT", "/operation_mode", "x"), R"(422 {"detail":"'x' is not a valid OperationMode"})");
    EXPECT_EQ(ask("PUT", "/operation_mode", "").substr(0, 3), "422");
    EXPECT_EQ(ask("GET", "/operation_mode"), "200 startup");
}

TEST_F(ControlApiTest, turns_the_talk_with_the_loop_off_and_on)
{
    EXPECT_EQ(ask("PUT", "/socketio", "off"), "200 \"off\"");
    EXPECT_EQ(ask("PUT", "/socketio", "on"), "200 \"on\"");
    for (auto const* text : {"", "On", "true"})
        EXPECT_EQ(ask("PUT", "/socketio", text), R"(400 {"detail":"Invalid state"})") << text;
}

TEST_F(ControlApiTest, has_no_backdoor_unless_it_is_asked_for)
{
    EXPECT_FALSE(node.runner.router().match("POST", "/reset"));
}

TEST_F(ControlApiTest, keeps_what_changes_the_node_for_its_operator)
{
    auto const& router = node.runner.router();
    for (auto const* path : {"/model_version", "/outbox_mode", "/operation_mode", "/socketio"})
        EXPECT_EQ(router.match("PUT", path)->route->access, http::Access::operators) << path;
    for (auto const* path : {"/about", "/model_version", "/outbox_mode", "/operation_mode"})
        EXPECT_EQ(router.match("GET", path)->route->access, http::Access::everybody) << path;
}

} // namespace
} // namespace learning_loop
