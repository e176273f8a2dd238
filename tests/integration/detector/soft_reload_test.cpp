#include "learning_loop/detector/soft_reload.h"

#include "integration/detector/detector_node.h"
#include "learning_loop/async/task_group.h"
#include "support/invocation.h"
#include "support/sample_images.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;

/// A node that was started with a settings file, and has a logic that needs no model.
struct SoftReloadTest : testing::Test {
    test::TempFolder folder;
    test::FakeLoop loop;
    std::shared_ptr<test::FakeFindings> findings = std::make_shared<test::FakeFindings>(); // shared: with the logics
    std::vector<std::optional<double>> thresholds;                                         ///< Of each factory.
    std::unique_ptr<test::DetectorNode> node;

    SoftReloadTest() { findings->next->box_detections = {{"weed", 10, 20, 30, 40, "", 0.45, std::nullopt}}; }

    std::string file() const { return folder / "settings.json"; }

    Result<DetectorSettings> read_settings() const
    {
        test::Started start;
        start.flags = {"--settings-file", file(),           "--data-folder", folder / "data", "--loop-host",
                       loop.url(),        "--organization", "zauberzeug",    "--project",     "demo"};
        auto const read = start.read("weeder", [](auto const& how) { return read_detector_settings("weeder", how); });
        if (!read) return read.error();
        return **read;
    }
    void start(std::string const& settings, std::string const& model_format = "")
    {
        test::put(file(), settings);
        DetectorKind kind{"weeder", model_format, [this](DetectorSettings const& read) {
                              thresholds.push_back(read.conf_threshold);
                              return test::fake_factory(findings);
                          }};
        node = std::make_unique<test::DetectorNode>(read_settings().value(), kind, [this] { return read_settings(); });
        reload().value();
    }
    Result<void> reload() { return node->io.run(node->parts.soft_reload.reload()); }
    std::vector<std::string> causes()
    {
        auto detecting = node->parts.detector.detect({test::sent_file(test::a_jpeg())}, {});
        return node->io.run(std::move(detecting)).value().front().causes;
    }
    void keep_an_image()
    {
        node->io.run(node->parts.detector.keep({test::sent_file(test::a_jpeg())}, {}, false)).value();
    }
    DetectorSettings const& settings() const { return node->parts.settings; }
};

using Causes = std::vector<std::string>;

TEST_F(SoftReloadTest, takes_over_what_has_changed_in_the_settings_file)
{
    start(R"({"min_uncertain_threshold": 0.5})");
    EXPECT_EQ(causes(), Causes());
    test::put(file(),
              R"({"min_uncertain_threshold": 0.4, "conf_threshold": 0.2, "node_version": "2", "sync_cycles": 1})");
    ASSERT_TRUE(reload());
    EXPECT_EQ(causes(), Causes{"uncertain"});
    EXPECT_EQ(thresholds.back(), 0.2);
    EXPECT_EQ(settings().node_version, "2");
    EXPECT_EQ(settings().sync_cycles, 1);
}

TEST_F(SoftReloadTest, forgets_what_has_vanished_from_the_settings_file)
{
    start(R"({"conf_threshold": 0.2, "max_outbox_size": 1})");
    EXPECT_EQ(thresholds.back(), 0.2);
    test::put(file(), "{}");
    ASSERT_TRUE(reload());
    EXPECT_EQ(thresholds.back(), std::nullopt);
    keep_an_image();
    keep_an_image();
    EXPECT_EQ(node->parts.outbox.images(), 2u);
}

TEST_F(SoftReloadTest, keeps_to_the_new_limits_of_the_outbox)
{
    start("{}");
    test::put(file(), R"({"max_outbox_size": 1})");
    ASSERT_TRUE(reload());
    keep_an_image();
    keep_an_image();
    EXPECT_EQ(node->parts.outbox.images(), 1u);
}

TEST_F(SoftReloadTest, builds_the_logic_anew_and_forgets_what_cameras_have_shown)
{
    start("{}");
    auto const instances = findings->instances.load();
    EXPECT_EQ(causes(), Causes{"uncertain"});
    EXPECT_EQ(causes(), Causes());
    ASSERT_TRUE(reload());
    EXPECT_GT(findings->instances, instances);
    EXPECT_EQ(causes(), Causes{"uncertain"});
}

TEST_F(SoftReloadTest, changes_nothing_if_a_setting_is_wrong_and_names_it)
{
    start(R"({"node_version": "1"})");
    EXPECT_EQ(causes(), Causes{"uncertain"});
    auto const instances = findings->instances.load();
    for (auto const* text : {R"({"node_version": "2", "min_uncertain_threshold": 0.7})", R"({"sync_cycles": 0})", "{",
                             R"({"node_version": "2", "unknown": 1})"}) {
        test::put(file(), text);
        auto const refused = reload();
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().code, Errc::invalid_argument) << text;
        EXPECT_NE(refused.error().message.find("settings.json"), std::string::npos) << refused.error().message;
    }
    EXPECT_EQ(settings().node_version, "1");
    EXPECT_EQ(findings->instances, instances);
    EXPECT_EQ(causes(), Causes()); // it still remembers what it has seen
}

TEST_F(SoftReloadTest, leaves_what_the_program_is_bound_to)
{
    start("{}");
    test::put(file(), R"({"port": 81, "streams": 7, "name": "other", "max_image_pixels": 1000000})");
    auto const before = settings();
    ASSERT_TRUE(reload());
    EXPECT_EQ(settings().port, before.port);
    EXPECT_EQ(settings().streams, before.streams);
    EXPECT_EQ(settings().name, before.name);
    EXPECT_EQ(settings().max_image_pixels, before.max_image_pixels);
}

TEST_F(SoftReloadTest, chooses_the_version_as_after_a_start)
{
    start("{}");
    node->io.run(node->parts.sync.choose("pause")).value();
    node->parts.sync.set_operation_mode(OperationMode::detecting);
    ASSERT_TRUE(reload());
    EXPECT_EQ(node->parts.sync.about().version_control, VersionControl::follow_loop);
    EXPECT_EQ(node->parts.sync.operation_mode(), OperationMode::idle);
    test::put(file(), R"({"version_control_default": "pause"})");
    ASSERT_TRUE(reload());
    EXPECT_EQ(node->parts.sync.about().version_control, VersionControl::pause);
}

TEST_F(SoftReloadTest, says_that_the_logic_cannot_be_built_while_the_old_one_serves_on)
{
    bool broken = false;
    DetectorKind const kind{"weeder", "", [&](DetectorSettings const&) -> DetectorFactory {
                                if (!broken) return test::fake_factory(findings);
                                return [](auto const&) -> Result<std::unique_ptr<DetectorLogic>> {
                                    return Error{Errc::invalid_argument, "the camera is gone"};
                                };
                            }};
    node = std::make_unique<test::DetectorNode>(test::detector_settings_for(folder / "data", loop), kind);
    ASSERT_TRUE(reload());
    broken = true;
    EXPECT_EQ(reload().error().message, "the camera is gone");
    EXPECT_EQ(causes(), Causes{"uncertain"});
}

TEST_F(SoftReloadTest, keeps_the_settings_of_a_program_that_has_no_way_to_read_them_again)
{
    auto settings = test::detector_settings_for(folder / "data", loop);
    settings.min_uncertain_threshold = 0.5;
    node = std::make_unique<test::DetectorNode>(settings, findings, "");
    ASSERT_TRUE(reload());
    EXPECT_EQ(causes(), Causes());
    EXPECT_TRUE(node->parts.detection.ready());
}

TEST_F(SoftReloadTest, resets_the_node_to_one_that_has_no_image_and_no_model)
{
    start("{}", "onnx");
    test::put(folder / "data/models/1.3/model.json", R"({"id":"i","organization":"o","project":"p","version":"1.3",)"
                                                     R"("categories":[]})");
    fs::create_directory_symlink("models/1.3", folder / "data/current_model");
    ASSERT_TRUE(reload());
    ASSERT_TRUE(node->parts.detection.ready());
    keep_an_image();
    ASSERT_TRUE(node->io.run(node->parts.soft_reload.reset()));
    EXPECT_TRUE(node->parts.outbox.empty());
    EXPECT_TRUE(fs::is_empty(folder / "data/outbox/normal"));
    EXPECT_FALSE(node->parts.detection.ready());
    EXPECT_FALSE(fs::exists(folder / "data/models/1.3"));
    EXPECT_FALSE(fs::exists(fs::symlink_status(folder / "data/current_model")));
    EXPECT_TRUE(node->parts.sync.versions().local_versions.empty());
    EXPECT_EQ(node->parts.uploader.mode(), OutboxMode::continuous_upload);
    keep_an_image(); // and it goes on
    EXPECT_EQ(node->parts.outbox.images(), 1u);
}

TEST_F(SoftReloadTest, leaves_stopped_uploads_stopped_when_it_resets)
{
    start("{}");
    node->parts.uploader.set_mode(OutboxMode::stopped);
    ASSERT_TRUE(node->io.run(node->parts.soft_reload.reset()));
    EXPECT_EQ(node->parts.uploader.mode(), OutboxMode::stopped);
}

TEST_F(SoftReloadTest, has_a_route_for_the_reset_if_the_backdoor_is_open)
{
    start(R"({"use_backdoor_controls": true})");
    keep_an_image();
    auto const* const route = node->runner.router().match("POST", "/reset")->route;
    EXPECT_EQ(route->access, http::Access::operators);
    auto const response = node->io.run(http::Router::answer_to(*route, http::Request()));
    EXPECT_EQ(std::get<std::string>(response.body), "true");
    EXPECT_TRUE(node->parts.outbox.empty());
}

} // namespace
} // namespace learning_loop
