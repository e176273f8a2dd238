#include "learning_loop/detector/loop_sync.h"

#include "integration/detector/detector_node.h"
#include "learning_loop/archive/zip.h"
#include "learning_loop/async/task_group.h"
#include "support/raw_connection.h"
#include "support/sample_images.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <latch>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;

std::string id_of(std::string const& version)
{
    return "0f6c1b5e-0000-4000-8000-00000000000" + version.substr(version.size() - 1);
}

/// `stop` and `start` again is a restart of the node.
struct LoopSyncTest : testing::Test {
    test::TempFolder folder;
    test::FakeLoop loop;
    std::shared_ptr<test::FakeFindings> findings = std::make_shared<test::FakeFindings>(); // shared: with the logics
    DetectorSettings settings = test::detector_settings_for(folder.path(), loop);
    std::unique_ptr<test::DetectorNode> node;
    std::unique_ptr<TaskGroup> tasks; // of the node

    LoopSyncTest()
    {
        for (auto const* version : {"1.3", "1.4"}) add_model(version, version);
    }
    ~LoopSyncTest() override { stop(); }

    void add_model(std::string const& version, std::string const& claimed_version)
    {
        auto const json = R"({"id":")" + id_of(version) +
                          R"(","organization":"zauberzeug","project":"demo","version":")" + claimed_version +
                          R"(","categories":[{"id":"w","name":"weed"}],"format":"onnx"})";
        write_zip(folder / "model.zip", {{"model.json", json}, {"model.onnx", "weights"}}).value();
        loop.with([&](auto& state) { state.zips[id_of(version) + "/onnx"] = test::bytes_of(folder / "model.zip"); });
    }
    void set_target(std::string const& version)
    {
        loop.with([&](auto& state) {
            state.target = R"({"model_uuid":")" + id_of(version) + R"(","version":")" + version + "\"}";
        });
    }
    void start(std::string const& format = "onnx")
    {
        stop();
        node = std::make_unique<test::DetectorNode>(settings, findings, format);
        tasks = std::make_unique<TaskGroup>(node->io.executor());
        node->parts.start(*tasks);
    }
    void stop()
    {
        if (!node) return;
        tasks->cancel();
        node->io.run(tasks->join());
        node->io.run(node->parts.disconnect());
        tasks.reset();
        node.reset();
        loop.with([](auto& state) { state.reports.clear(); });
    }
    LoopSync& sync() const { return node->parts.sync; }
    std::string running() const { return sync().versions().current_version; }
    bool comes_to_run(std::string const& version)
    {
        return node->io.run_until([&] { return running() == version; });
    }
    /// Waits for a report that fits.
    bool reports(std::function<bool(DetectorStatus const&)> const& fits)
    {
        return node->io.run_until([&] {
            return loop.with([&](auto& state) { return !state.reports.empty() && fits(state.reports.back()); });
        });
    }
    bool reports_model(std::string const& version)
    {
        return reports([&](auto const& status) { return status.current_model == version; });
    }
    std::string error_under(std::string const& step)
    {
        std::string text;
        EXPECT_TRUE(reports([&](auto const& status) { return status.errors.contains(step); })) << step;
        loop.with([&](auto& state) { text = state.reports.back().errors[step]; });
        return text;
    }
    void keep_an_image()
    {
        node->io.run(node->parts.detector.keep({test::sent_file(test::a_jpeg())}, {}, false)).value();
    }
    Task<> choose_into(std::shared_ptr<std::string> answer, std::string text)
    {
        auto const chosen = co_await sync().choose(std::move(text));
        *answer = chosen ? "OK" : chosen.error().message;
    }
    std::string choose(std::string const& text)
    {
        auto const chosen = node->io.run(sync().choose(text));
        return chosen ? "OK" : chosen.error().message;
    }
};

TEST_F(LoopSyncTest, follows_the_target)
{
    set_target("1.3");
    start();
    ASSERT_TRUE(comes_to_run("1.3"));
    ASSERT_TRUE(reports_model("1.3"));
    EXPECT_EQ(fs::read_symlink(folder / "current_model"), "models/1.3");
    EXPECT_EQ(node->parts.detection.model()->model_root_path, (folder / "models/1.3").string());
    EXPECT_EQ(sync().versions().target_version, "1.3");
    EXPECT_EQ(sync().versions().loop_version, "1.3");
}

TEST_F(LoopSyncTest, reports_what_the_loop_wants_to_know)
{
    settings.node_version = "7";
    set_target("1.3");
    start();
    ASSERT_TRUE(reports_model("1.3"));
    auto const reported = loop.with([](auto& state) { return state.reports; });
    EXPECT_EQ(reported.front().current_model, std::nullopt); // told before the download, which may take long
    EXPECT_EQ(reported.front().target_model, "1.3");
    auto const& last = reported.back();
    EXPECT_EQ(last.uuid + "|" + last.name + "|" + last.state + "|" + last.model_format, "the uuid|weeder|online|onnx");
    EXPECT_EQ(last.node_version, "7");
    EXPECT_TRUE(last.errors.empty());
}

TEST_F(LoopSyncTest, runs_the_last_model_after_a_restart_without_a_loop)
{
    set_target("1.3");
    start();
    ASSERT_TRUE(comes_to_run("1.3"));
    ASSERT_TRUE(reports_model("1.3"));
    stop();
    test::ClosedPort const port;
    settings.loop_host = "http://127.0.0.1:" + std::to_string(port.number());
    start();
    EXPECT_TRUE(comes_to_run("1.3"));
}

TEST_F(LoopSyncTest, replaces_the_model_without_a_download_when_it_is_here)
{
    set_target("1.3");
    start();
    ASSERT_TRUE(reports_model("1.3"));
    set_target("1.4");
    start();
    ASSERT_TRUE(reports_model("1.4"));
    set_target("1.3");
    start();
    EXPECT_EQ(sync().versions().local_versions, (std::vector<std::string>{"1.3", "1.4"}));
    ASSERT_TRUE(comes_to_run("1.3"));
    EXPECT_EQ(loop.with([](auto& state) { return state.downloads; }), 2);
}

TEST_F(LoopSyncTest, keeps_the_old_model_when_the_new_one_cannot_be_loaded)
{
    set_target("1.3");
    start();
    ASSERT_TRUE(reports_model("1.3"));
    findings->broken_version = "1.4";
    set_target("1.4");
    start();
    EXPECT_EQ(error_under("update_model"), "Could not update model: version 1.4: the weights are broken");
    EXPECT_EQ(running(), "1.3");
    EXPECT_EQ(fs::read_symlink(folder / "current_model"), "models/1.3");
    EXPECT_FALSE(fs::exists(folder / "models/1.4"));
    findings->broken_version.clear();
    EXPECT_EQ(choose("follow_loop"), "OK"); // and tries again at once
    EXPECT_TRUE(comes_to_run("1.4"));
    EXPECT_TRUE(reports([](auto const& status) { return status.current_model == "1.4" && status.errors.empty(); }));
}

TEST_F(LoopSyncTest, refuses_a_download_that_is_not_the_model)
{
    add_model("1.3", "1.4");
    set_target("1.3");
    start();
    EXPECT_EQ(error_under("update_model"),
              "Could not update model: version 1.3: model.json: version is '1.4', but 1.3 was asked for");
    EXPECT_EQ(running(), "None");
    loop.with([](auto& state) { state.zips[id_of("1.3") + "/onnx"] = "no zip"; });
    start();
    EXPECT_TRUE(error_under("update_model").starts_with("Could not update model: version 1.3: "));
}

TEST_F(LoopSyncTest, says_that_the_loop_lacks_the_model)
{
    loop.with([](auto& state) { state.zips.clear(); });
    set_target("1.3");
    start();
    EXPECT_EQ(
        error_under("update_model"),
        "Could not update model: version 1.3: model download: the Loop answers 404 {\"detail\":\"no such model\"}");
}

TEST_F(LoopSyncTest, needs_no_target)
{
    start();
    ASSERT_TRUE(reports([](auto const& status) { return status.errors.empty(); }));
    EXPECT_EQ(sync().versions().target_version, "None");
    EXPECT_EQ(sync().about().target_model, std::nullopt);
}

TEST_F(LoopSyncTest, says_what_is_wrong_with_the_target)
{
    loop.with([](auto& state) {
        state.target = R"({"model_uuid":"0f6c1b5e-0000-4000-8000-000000000001","version":"../../etc"})";
    });
    start();
    EXPECT_EQ(error_under("update_model"),
              "Could not update model: deployment target: the version '../../etc' is not digits and dots");
}

TEST_F(LoopSyncTest, logs_in_when_the_loop_wants_it)
{
    loop.with([](auto& state) { state.needs_login = true; });
    set_target("1.3");
    start();
    EXPECT_TRUE(comes_to_run("1.3"));
}

TEST_F(LoopSyncTest, runs_the_version_it_is_told_to)
{
    loop.with([](auto& state) { state.models = R"({"models":[{"id":")" + id_of("1.4") + R"(","version":"1.4"}]})"; });
    set_target("1.3");
    start();
    ASSERT_TRUE(comes_to_run("1.3"));
    EXPECT_EQ(choose("1.4"), "OK");
    EXPECT_TRUE(comes_to_run("1.4"));
    EXPECT_EQ(sync().versions().version_control, VersionControl::specific_version);
    EXPECT_EQ(sync().versions().loop_version, "1.3");
    EXPECT_EQ(choose("follow_loop"), "OK");
    EXPECT_TRUE(comes_to_run("1.3"));
}

TEST_F(LoopSyncTest, says_why_it_cannot_run_a_version)
{
    loop.with([](auto& state) {
        state.models = R"({"models":[{"id":")" + id_of("1.3") + R"(","version":"1.3"},{"id":")" + id_of("1.4") +
                       R"(","version":"1.3"}]})";
    });
    start();
    for (auto const* text : {"", "1.", "latest", "../1", "follow_loop "})
        EXPECT_EQ(choose(text), "Invalid version number") << text;
    EXPECT_EQ(sync().about().version_control, VersionControl::follow_loop);
    EXPECT_EQ(choose("9"), "No Model with version 9");
    EXPECT_EQ(sync().about().version_control, VersionControl::pause);
    EXPECT_EQ(choose("1.3"), "Multiple models with version 1.3");
    loop.with([](auto& state) { state.models = "<html>"; });
    EXPECT_EQ(choose("1.3"), "Failed to load models from learning loop");
}

TEST_F(LoopSyncTest, stays_where_it_is_while_it_pauses)
{
    settings.version_control_default = "pause";
    set_target("1.3");
    start();
    ASSERT_TRUE(reports([](auto const& status) { return status.errors.empty(); }));
    EXPECT_EQ(sync().versions().loop_version, "1.3");
    EXPECT_EQ(sync().versions().target_version, "None");
    EXPECT_EQ(running(), "None");
    EXPECT_EQ(choose("follow_loop"), "OK");
    EXPECT_TRUE(comes_to_run("1.3"));
}

TEST_F(LoopSyncTest, is_ready_at_once_without_a_model_when_it_needs_none)
{
    start("");
    ASSERT_TRUE(node->io.run_until([&] { return node->parts.detection.ready(); }));
    ASSERT_TRUE(reports([](auto const& status) { return status.model_format.empty(); }));
    EXPECT_EQ(running(), "None");
    EXPECT_EQ(sync().about().model_info.has_value(), false);
    EXPECT_EQ(loop.with([](auto& state) { return state.downloads; }), 0);
}

TEST_F(LoopSyncTest, installs_nothing_while_it_is_detecting_but_detects_and_reports)
{
    set_target("1.3");
    start();
    ASSERT_TRUE(reports_model("1.3"));
    sync().set_operation_mode(OperationMode::detecting);
    set_target("1.4");
    ASSERT_TRUE(reports([](auto const& status) { return status.operation_mode == OperationMode::detecting; }));
    sync().set_operation_mode(OperationMode::startup);
    ASSERT_TRUE(reports([](auto const& status) { return status.operation_mode == OperationMode::startup; }));
    EXPECT_TRUE(node->io.run(node->parts.detection.detect({test::sent_file(test::a_jpeg())}, false)));
    EXPECT_EQ(sync().versions().loop_version, "1.3");
    EXPECT_EQ(running(), "1.3");
    sync().set_operation_mode(OperationMode::idle);
    EXPECT_TRUE(comes_to_run("1.4"));
    EXPECT_TRUE(reports([](auto const& status) { return status.operation_mode == OperationMode::idle; }));
}

TEST_F(LoopSyncTest, is_idle_once_it_has_started)
{
    start();
    EXPECT_EQ(sync().operation_mode(), OperationMode::startup);
    EXPECT_TRUE(node->io.run_until([&] { return sync().operation_mode() == OperationMode::idle; }));
}

TEST_F(LoopSyncTest, starts_muted_when_it_is_told_to)
{
    settings.skip_repeat_on_start = true;
    set_target("1.3");
    start();
    ASSERT_TRUE(node->io.run_until([&] { return sync().operation_mode() == OperationMode::idle; }));
    keep_an_image();
    ASSERT_TRUE(node->io.run_until([&] { return node->parts.outbox.empty(); })); // uploads go on
    EXPECT_EQ(sync().versions().loop_version, "None");
    EXPECT_TRUE(loop.with([](auto& state) { return state.reports.empty(); }));
    sync().set_muted(false);
    EXPECT_TRUE(comes_to_run("1.3"));
}

TEST_F(LoopSyncTest, leaves_its_loop_alone_while_it_is_muted)
{
    set_target("1.3");
    start();
    ASSERT_TRUE(reports([](auto const& status) { return status.current_model == "1.3" && status.errors.empty(); }));
    sync().set_muted(true);
    set_target("1.4");
    auto const told = loop.with([](auto& state) { return state.reports.size(); });
    sync().set_operation_mode(OperationMode::detecting); // which is worth a report
    sync().set_operation_mode(OperationMode::idle);
    keep_an_image();
    ASSERT_TRUE(node->io.run_until([&] { return node->parts.outbox.empty(); }));
    EXPECT_EQ(sync().versions().loop_version, "1.3");
    EXPECT_EQ(loop.with([](auto& state) { return state.reports.size(); }), told);
    sync().set_muted(false);
    EXPECT_TRUE(comes_to_run("1.4"));
}

TEST_F(LoopSyncTest, runs_the_last_model_while_it_is_muted)
{
    set_target("1.3");
    start();
    ASSERT_TRUE(reports_model("1.3"));
    settings.skip_repeat_on_start = true;
    start();
    EXPECT_TRUE(comes_to_run("1.3"));
}

TEST_F(LoopSyncTest, builds_the_current_model_anew_when_it_reloads)
{
    set_target("1.3");
    start();
    ASSERT_TRUE(reports_model("1.3"));
    auto const instances = findings->instances.load();
    ASSERT_TRUE(node->io.run(sync().reload()));
    EXPECT_EQ(findings->instances, instances + 1);
    EXPECT_EQ(running(), "1.3");
    EXPECT_EQ(loop.with([](auto& state) { return state.downloads; }), 1);
}

TEST_F(LoopSyncTest, serves_on_with_the_old_instances_if_the_model_cannot_be_built_anew)
{
    set_target("1.3");
    start();
    ASSERT_TRUE(reports_model("1.3"));
    findings->broken_version = "1.3";
    EXPECT_EQ(node->io.run(sync().reload()).error().message, "the weights are broken");
    EXPECT_EQ(sync().problems().at("update_model"), "Could not load model 1.3: the weights are broken");
    EXPECT_EQ(sync().operation_mode(), OperationMode::idle);
    EXPECT_EQ(running(), "1.3");
    EXPECT_TRUE(node->io.run(node->parts.detection.detect({test::sent_file(test::a_jpeg())}, false)));
}

TEST_F(LoopSyncTest, gets_the_model_of_the_loop_again_after_it_has_forgotten_all)
{
    set_target("1.3");
    start();
    ASSERT_TRUE(reports_model("1.3"));
    node->io.run(sync().forget_models()).value();
    EXPECT_EQ(running(), "None");
    EXPECT_TRUE(sync().versions().local_versions.empty());
    EXPECT_FALSE(fs::exists(folder / "models/1.3"));
    ASSERT_TRUE(node->io.run(sync().reload()));
    EXPECT_TRUE(comes_to_run("1.3"));
    EXPECT_EQ(loop.with([](auto& state) { return state.downloads; }), 2);
}

TEST_F(LoopSyncTest, serves_a_good_model_at_once_after_a_broken_one_has_failed_again_and_again)
{
    findings->broken_version = "1.3";
    set_target("1.3");
    start();
    for (int tries = 1; tries <= 5; ++tries) {
        ASSERT_TRUE(
            node->io.run_until([&] { return loop.with([](auto& state) { return state.downloads; }) >= tries; }));
        ASSERT_TRUE(reports([](auto const& status) { return status.errors.contains("update_model"); }));
        if (tries < 5) choose("follow_loop"); // and tries again at once
    }
    set_target("1.4");
    EXPECT_TRUE(comes_to_run("1.4"));
    EXPECT_TRUE(reports([](auto const& status) { return status.current_model == "1.4" && status.errors.empty(); }));
}

TEST_F(LoopSyncTest, gives_up_a_download_that_is_no_longer_wanted)
{
    set_target("1.3");
    loop.with([](auto& state) { state.holds_downloads = true; });
    start();
    ASSERT_TRUE(node->io.run_until([&] { return loop.with([](auto& state) { return state.downloads; }) == 1; }));
    set_target("1.4");
    ASSERT_TRUE(node->io.run_until([&] { return loop.with([](auto& state) { return state.downloads; }) == 2; }));
    loop.with([](auto& state) { state.holds_downloads = false; });
    EXPECT_TRUE(comes_to_run("1.4"));
    EXPECT_FALSE(fs::exists(folder / "models/1.3"));
    EXPECT_TRUE(fs::is_empty(folder / "models/.staging"));
}

TEST_F(LoopSyncTest, reports_while_a_download_takes_its_time)
{
    set_target("1.3");
    loop.with([](auto& state) { state.holds_downloads = true; });
    start();
    ASSERT_TRUE(node->io.run_until([&] { return loop.with([](auto& state) { return state.downloads; }) == 1; }));
    sync().set_operation_mode(OperationMode::detecting);
    EXPECT_TRUE(reports([](auto const& status) { return status.operation_mode == OperationMode::detecting; }));
    loop.with([](auto& state) { state.holds_downloads = false; });
    EXPECT_TRUE(node->io.run_until([&] { return fs::exists(folder / "models/1.3"); }));
    EXPECT_EQ(running(), "None"); // it may not be replaced now
    sync().set_operation_mode(OperationMode::idle);
    EXPECT_TRUE(comes_to_run("1.3"));
    EXPECT_EQ(loop.with([](auto& state) { return state.downloads; }), 1);
}

TEST_F(LoopSyncTest, is_reset_in_the_midst_of_a_download)
{
    set_target("1.3");
    loop.with([](auto& state) { state.holds_downloads = true; });
    start();
    ASSERT_TRUE(node->io.run_until([&] { return loop.with([](auto& state) { return state.downloads; }) == 1; }));
    loop.with([](auto& state) { state.target.clear(); });
    node->io.run(sync().forget_models()).value();
    EXPECT_TRUE(fs::is_empty(folder / "models/.staging"));
    ASSERT_TRUE(node->io.run(sync().reload()));
    EXPECT_EQ(sync().versions().target_version, "None");
    EXPECT_TRUE(sync().problems().empty());
    loop.with([](auto& state) { state.holds_downloads = false; });
    set_target("1.4");
    EXPECT_EQ(choose("follow_loop"), "OK");
    EXPECT_TRUE(comes_to_run("1.4"));
    auto const has_it_alone = [&] { return sync().versions().local_versions == std::vector<std::string>{"1.4"}; };
    EXPECT_TRUE(node->io.run_until(has_it_alone));
}

TEST_F(LoopSyncTest, does_what_was_chosen_last_also_while_the_loop_is_asked_for_what_was_chosen_before)
{
    set_target("1.3");
    start();
    ASSERT_TRUE(comes_to_run("1.3"));
    loop.with([](auto& state) {
        state.models = R"({"models":[{"id":")" + id_of("1.4") + R"(","version":"1.4"}]})";
        state.holds_models = true;
    });
    auto const chosen = std::make_shared<std::string>(); // shared: with the task
    tasks->spawn("a choice", choose_into(chosen, "1.4"));
    ASSERT_TRUE(node->io.run_until([&] { return loop.with([](auto& state) { return state.models_asked; }) == 1; }));
    EXPECT_EQ(choose("pause"), "OK");
    loop.with([](auto& state) { state.holds_models = false; });
    ASSERT_TRUE(node->io.run_until([&] { return !chosen->empty(); }));
    EXPECT_EQ(sync().versions().version_control, VersionControl::pause);
    EXPECT_EQ(sync().versions().target_version, "1.3");
}

TEST_F(LoopSyncTest, takes_over_a_choice_that_was_made_while_another_model_is_being_built)
{
    set_target("1.3");
    start();
    ASSERT_TRUE(comes_to_run("1.3"));
    loop.with([](auto& state) { state.models = R"({"models":[{"id":")" + id_of("1.3") + R"(","version":"1.3"}]})"; });
    std::latch building{1};
    std::latch go_on{1};
    findings->before_building = [&](std::string const& version) {
        if (version != "1.4") return;
        building.count_down();
        go_on.wait();
    };
    set_target("1.4");
    EXPECT_EQ(choose("follow_loop"), "OK");
    ASSERT_TRUE(node->io.run_until([&] { return building.try_wait(); }));
    EXPECT_EQ(choose("1.3"), "OK");
    go_on.count_down();
    keep_an_image();
    ASSERT_TRUE(node->io.run_until([&] { return sync().versions().local_versions.size() == 2; }));
    EXPECT_EQ(running(), "1.3");
    EXPECT_EQ(fs::read_symlink(folder / "current_model"), "models/1.3");
}

TEST_F(LoopSyncTest, runs_another_model_at_the_start_when_the_last_one_is_broken)
{
    set_target("1.3");
    start();
    ASSERT_TRUE(reports_model("1.3"));
    set_target("1.4");
    start();
    ASSERT_TRUE(reports_model("1.4"));
    fs::resize_file(folder / "models/1.4/model.onnx", 3);
    settings.skip_repeat_on_start = true; // so that no Loop can help
    start();
    ASSERT_TRUE(comes_to_run("1.3"));
    auto const& problem = sync().problems().at("update_model");
    EXPECT_TRUE(problem.starts_with("Could not load model 1.4: model.onnx: is not as it was installed")) << problem;
    EXPECT_TRUE(problem.ends_with("; model 1.3 serves instead")) << problem;
    EXPECT_EQ(fs::read_symlink(folder / "current_model"), "models/1.4"); // it may be all right at the next start
    settings.skip_repeat_on_start = false;
    start();
    EXPECT_TRUE(comes_to_run("1.4")); // fetched anew
    EXPECT_TRUE(reports([](auto const& status) { return status.errors.empty(); }));
}

TEST_F(LoopSyncTest, begins_with_the_model_of_its_loop_again_once_that_is_the_one_that_serves_instead)
{
    for (auto const* version : {"1.3", "1.4"}) {
        set_target(version);
        start();
        ASSERT_TRUE(reports([&](auto const& status) { return status.current_model == version; }));
    }
    fs::remove_all(folder / "models/1.4");
    set_target("1.3");
    start();
    ASSERT_TRUE(node->io.run_until([&] { return fs::read_symlink(folder / "current_model") == "models/1.3"; }));
    EXPECT_TRUE(reports([](auto const& status) { return status.current_model == "1.3" && status.errors.empty(); }));
}

TEST_F(LoopSyncTest, runs_a_model_that_is_here_when_the_link_is_lost)
{
    set_target("1.3");
    start();
    ASSERT_TRUE(reports_model("1.3"));
    fs::remove(folder / "current_model");
    fs::create_symlink("/etc", folder / "current_model");
    settings.skip_repeat_on_start = true;
    start();
    EXPECT_TRUE(comes_to_run("1.3"));
}

TEST_F(LoopSyncTest, counts_its_updates)
{
    findings->broken_version = "1.4";
    for (auto const* version : {"1.3", "1.4"}) {
        set_target(version);
        start();
        ASSERT_TRUE(reports_model("1.3"));
    }
    error_under("update_model");
    auto const text = node->runner.metrics().text();
    for (auto const* line :
         {"detector_model_updates_total{result=\"failed\"} 1", "detector_model_updates_total{result=\"installed\"} 0"})
        EXPECT_NE(text.find(line), std::string::npos) << text;
}

// ------------------------------------------------------------------------------- where only one model fits into memory

TEST_F(LoopSyncTest, frees_the_old_model_first_where_only_one_fits)
{
    settings.exclusive_model_build = true;
    set_target("1.3");
    start();
    ASSERT_TRUE(reports_model("1.3"));
    std::vector<std::string> while_building;
    findings->before_building = [&](std::string const& version) {
        while_building.push_back(version + " beside " + std::to_string(findings->living));
    };
    set_target("1.4");
    EXPECT_EQ(choose("follow_loop"), "OK");
    ASSERT_TRUE(comes_to_run("1.4"));
    EXPECT_EQ(while_building, std::vector<std::string>{"1.4 beside 0"});
}

TEST_F(LoopSyncTest, builds_the_old_model_again_where_only_one_fits_and_the_new_one_is_broken)
{
    settings.exclusive_model_build = true;
    set_target("1.3");
    start();
    ASSERT_TRUE(reports_model("1.3"));
    findings->broken_version = "1.4";
    set_target("1.4");
    EXPECT_EQ(choose("follow_loop"), "OK");
    EXPECT_EQ(error_under("update_model"), "Could not update model: version 1.4: the weights are broken");
    EXPECT_EQ(running(), "1.3");
    EXPECT_EQ(node->parts.detection.updating_to(), std::nullopt);
    EXPECT_TRUE(node->io.run(node->parts.detection.detect({test::sent_file(test::a_jpeg())}, false)));
}

} // namespace
} // namespace learning_loop
