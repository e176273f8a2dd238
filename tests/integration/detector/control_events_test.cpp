#include "learning_loop/detector/control_events.h"

#include "integration/detector/detector_node.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

/// The events that change how the node runs, with arguments that they take.
std::vector<std::pair<std::string, std::string>> const changes{
    {"set_model_version_mode", R"(["pause"])"}, {"set_outbox_mode", R"(["stopped"])"}, {"soft_reload", "[]"}};

auto const done = R"([{"status":"OK"}])";

struct ControlEventsTest : testing::Test {
    test::TempFolder folder;
    test::FakeLoop loop;
    DetectorSettings settings = test::detector_settings_for(folder.path(), loop);
    std::unique_ptr<test::DetectorNode> node;

    ControlEventsTest() { start(); }

    void start()
    {
        node.reset();
        node = std::make_unique<test::DetectorNode>(settings, std::make_shared<test::FakeFindings>());
    }
    std::string send(std::string const& event, std::string const& arguments = "[]",
                     std::string const& authorization = "")
    {
        return node->send(event, arguments, authorization);
    }
    void load_a_model()
    {
        ModelInformation model;
        model.version = "1.3";
        node->io.run(node->parts.detection.load(model)).value();
    }
};

TEST_F(ControlEventsTest, tell_which_model_runs)
{
    EXPECT_EQ(send("info"), R"([{"status":"No model loaded"}])");
    load_a_model();
    EXPECT_EQ(send("info"), R"([{"id":"","host":null,"organization":"","project":"","version":"1.3","categories":[],)"
                            R"("resolution":null,"model_root_path":null,"model_size":null,"conf_threshold":null}])");
}

TEST_F(ControlEventsTest, tell_what_the_routes_of_the_same_name_tell)
{
    load_a_model();
    EXPECT_EQ(send("about"), "[" + to_text(to_json(node->parts.sync.about())) + "]");
    EXPECT_EQ(send("get_model_version"),
              R"([{"current_version":"1.3","target_version":"None","loop_version":"None","local_versions":[],)"
              R"("version_control":"follow_loop"}])");
    EXPECT_EQ(send("get_outbox_mode"), R"([{"outbox_mode":"continuous_upload"}])");
}

TEST_F(ControlEventsTest, choose_the_version)
{
    EXPECT_EQ(send("set_model_version_mode", R"(["pause"])"), done);
    EXPECT_EQ(node->parts.sync.about().version_control, VersionControl::pause);
    EXPECT_EQ(send("set_model_version_mode", R"(["latest"])"), "error: Invalid version number");
    EXPECT_EQ(send("set_model_version_mode", R"(["1.3"])"), "error: No Model with version 1.3");
    EXPECT_TRUE(send("set_model_version_mode").starts_with("error: argument 1"));
}

TEST_F(ControlEventsTest, choose_the_mode_of_the_outbox)
{
    EXPECT_EQ(send("set_outbox_mode", R"(["stopped"])"), done);
    EXPECT_EQ(send("get_outbox_mode"), R"([{"outbox_mode":"stopped"}])");
    EXPECT_EQ(send("set_outbox_mode", R"(["sometimes"])"),
              "error: Could not set outbox mode: 'sometimes' is not a valid OutboxMode");
    EXPECT_EQ(node->parts.uploader.mode(), OutboxMode::stopped);
}

TEST_F(ControlEventsTest, begin_anew)
{
    EXPECT_EQ(send("set_model_version_mode", R"(["pause"])"), done);
    EXPECT_EQ(send("soft_reload"), done);
    EXPECT_EQ(node->parts.sync.about().version_control, VersionControl::follow_loop);
}

TEST_F(ControlEventsTest, that_change_something_are_refused_beyond_this_machine_without_a_token)
{
    settings.host = "0.0.0.0";
    start();
    for (auto const& [event, arguments] : changes) {
        auto const refused = send(event, arguments);
        EXPECT_TRUE(refused.starts_with("error: ") && refused.find("NODE_TOKEN") != std::string::npos) << refused;
        EXPECT_EQ(send(event, arguments, "Bearer guessed"), refused);
    }
    EXPECT_EQ(node->parts.sync.about().version_control, VersionControl::follow_loop);
    EXPECT_EQ(node->parts.uploader.mode(), OutboxMode::continuous_upload);
}

TEST_F(ControlEventsTest, that_change_something_take_the_operators_token)
{
    settings.host = "0.0.0.0";
    settings.node_token = Secret("secret");
    start();
    for (auto const& [event, arguments] : changes) {
        EXPECT_TRUE(send(event, arguments).starts_with("error: send the node's token (NODE_TOKEN)")) << event;
        EXPECT_TRUE(send(event, arguments, "Bearer secrets").starts_with("error: send the node's token")) << event;
        EXPECT_EQ(send(event, arguments, "Bearer secret"), done) << event;
    }
}

TEST_F(ControlEventsTest, that_change_something_are_open_if_the_operator_says_so)
{
    settings.host = "0.0.0.0";
    settings.open_control = true;
    start();
    for (auto const& [event, arguments] : changes) EXPECT_EQ(send(event, arguments), done) << event;
}

TEST_F(ControlEventsTest, that_tell_something_are_for_everybody)
{
    settings.host = "0.0.0.0";
    settings.node_token = Secret("secret");
    start();
    for (auto const* event : {"info", "about", "get_model_version", "get_outbox_mode"})
        EXPECT_TRUE(send(event).starts_with("[{")) << event;
}

} // namespace
} // namespace learning_loop
