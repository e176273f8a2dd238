#include "learning_loop/detector/detector_parts.h"

#include "integration/detector/detector_node.h"
#include "support/sample_images.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace learning_loop {
namespace {

struct DetectorPartsTest : testing::Test {
    test::TempFolder folder;
    test::FakeLoop loop;
    DetectorSettings settings = test::detector_settings_for(folder.path(), loop);
    std::unique_ptr<test::DetectorNode> node;

    test::DetectorNode& start()
    {
        node = std::make_unique<test::DetectorNode>(settings, std::make_shared<test::FakeFindings>());
        return *node;
    }
    void load_a_model()
    {
        ModelInformation model;
        model.version = "1.3";
        node->io.run(node->parts.detection.load(model)).value();
    }
    Result<std::vector<Evaluated>> detect(std::string const& jpeg)
    {
        return node->io.run(node->parts.detection.detect({test::sent_file(jpeg)}, false));
    }
    /// What becomes of a request to that route with this `Authorization`.
    std::string admitted(std::string const& method, std::string const& path, std::string const& authorization = "")
    {
        http::Request request;
        if (!authorization.empty()) request.headers.add("Authorization", authorization);
        auto const& router = node->runner.router();
        auto const done = router.admit(*router.match(method, path)->route, request);
        return done ? "in" : boost::describe::enum_to_string(done.error().code, "?");
    }
};

TEST_F(DetectorPartsTest, are_healthy_once_a_model_is_loaded)
{
    start();
    EXPECT_EQ(node->runner.health().faults(), (std::map<std::string, std::string>{{"model", "no model is loaded"}}));
    load_a_model();
    EXPECT_TRUE(node->runner.health().faults().empty());
}

TEST_F(DetectorPartsTest, tell_their_numbers)
{
    start();
    load_a_model();
    auto const text = node->runner.metrics().text();
    for (auto const* name : {"detector_images_total{result=\"evaluated\"} 0", "detector_ready 1", "detector_queue 0",
                             "detector_model_info{version=\"1.3\"} 1", "outbox_images 0"})
        EXPECT_NE(text.find(std::string("\n") + name + "\n"), std::string::npos) << name << "\n" << text;
}

TEST_F(DetectorPartsTest, answer_every_event_of_the_protocol)
{
    auto names = start().parts.socketio.of("/").events.names();
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names,
              (std::vector<std::string>{"about", "batch_detect", "detect", "get_model_version", "get_outbox_mode",
                                        "info", "set_model_version_mode", "set_outbox_mode", "soft_reload", "upload"}));
}

TEST_F(DetectorPartsTest, are_controlled_by_everybody_on_this_machine_and_elsewhere_by_the_operator_alone)
{
    start();
    EXPECT_EQ(admitted("PUT", "/operation_mode"), "in");
    settings.host = "0.0.0.0";
    start();
    EXPECT_EQ(admitted("PUT", "/operation_mode"), "forbidden");
    EXPECT_EQ(admitted("GET", "/operation_mode"), "in");
    EXPECT_EQ(admitted("POST", "/detect"), "in");
    settings.node_token = Secret("secret");
    start();
    EXPECT_EQ(admitted("PUT", "/operation_mode"), "unauthorized");
    EXPECT_EQ(admitted("PUT", "/operation_mode", "Bearer secret"), "in");
    settings.open_control = true;
    start();
    EXPECT_EQ(admitted("PUT", "/operation_mode"), "in");
}

TEST_F(DetectorPartsTest, take_images_up_to_the_limits_that_were_set)
{
    settings.max_image_pixels = 100;
    settings.max_image_bytes = 2 << 20;
    start();
    load_a_model();
    EXPECT_TRUE(detect(test::a_jpeg(10, 10)));
    EXPECT_EQ(detect(test::a_jpeg(10, 11)).error().code, Errc::too_large);
    auto const* const route = node->runner.router().match("POST", "/detect")->route;
    EXPECT_GE(route->max_body_bytes, settings.max_image_bytes);
    EXPECT_LT(route->max_body_bytes, settings.max_image_bytes + (1 << 20));
}

TEST_F(DetectorPartsTest, take_over_what_an_earlier_process_kept)
{
    start();
    node->io.run(node->parts.detector.keep({test::sent_file(test::a_jpeg())}, {}, true)).value();
    node.reset();
    EXPECT_EQ(start().parts.outbox.images(), 1u);
}

} // namespace
} // namespace learning_loop
