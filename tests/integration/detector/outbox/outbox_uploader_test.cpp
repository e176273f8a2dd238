#include "learning_loop/detector/outbox/outbox_uploader.h"

#include "learning_loop/async/task_group.h"
#include "support/fake_loop.h"
#include "support/keep_one.h"
#include "support/raw_connection.h"
#include "support/run.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;

struct OutboxUploaderTest : testing::Test {
    test::Io io;
    test::TempFolder folder;
    test::FakeLoop loop;
    Outbox outbox{io.executor(), folder.path(), {.min_free_disk_bytes = 0}};
    NodeSettings settings = settings_for(loop.url());
    std::optional<LoopSession> session;
    std::optional<LoopClient> client;
    std::optional<OutboxUploader> uploader;
    TaskGroup tasks{io.executor()};

    ~OutboxUploaderTest() override
    {
        loop.with([](auto& state) { state.holds_uploads = false; });
        tasks.cancel();
        io.run(tasks.join());
    }

    static NodeSettings settings_for(std::string const& url)
    {
        NodeSettings settings;
        settings.loop_host = url;
        return settings;
    }
    void start()
    {
        session.emplace(io.executor(), settings);
        client.emplace(*session, Context{"zauberzeug", "demo"});
        uploader.emplace(outbox, *client);
        tasks.spawn("uploads", uploader->run());
    }
    OutboxItem keep(std::string const& jpeg, bool priority = false)
    {
        return test::keep_one(io, outbox, jpeg, R"({"tags":[]})", priority).value();
    }
    void let_the_uploader_have_its_turn() { io.run(outbox.remove({})); }
    void stop_and_go_on()
    {
        uploader->set_mode(OutboxMode::stopped);
        let_the_uploader_have_its_turn();
        uploader->set_mode(OutboxMode::continuous_upload);
    }
    bool ends_empty()
    {
        return io.run_until([&] { return outbox.empty(); });
    }
    std::set<std::string> images()
    {
        std::set<std::string> contents;
        loop.with([&](auto& state) {
            for (auto const& [name, jpeg] : state.images) contents.insert(jpeg);
        });
        return contents;
    }
    std::size_t uploads()
    {
        return loop.with([](auto& state) { return state.uploads.size(); });
    }
};

using Set = std::set<std::string>;

TEST_F(OutboxUploaderTest, brings_what_was_kept_before_it_started_and_later)
{
    auto const item = keep("first");
    start();
    ASSERT_TRUE(ends_empty());
    keep("second");
    ASSERT_TRUE(ends_empty());
    EXPECT_EQ(images(), (Set{"first", "second"}));
    EXPECT_TRUE(io.run_until([&] { return fs::is_empty(folder / "normal"); }));
    auto const first = loop.with([](auto& state) { return state.uploads.at(0); });
    EXPECT_EQ(first, (std::vector<std::string>{"image_" + item.id + ".json", "image_" + item.id + ".jpg"}));
}

TEST_F(OutboxUploaderTest, sends_at_most_twenty_images_in_one_request)
{
    for (int i = 0; i < 45; ++i) keep("image " + std::to_string(i));
    start();
    ASSERT_TRUE(ends_empty());
    std::vector<std::size_t> sizes;
    loop.with([&](auto& state) {
        for (auto const& names : state.uploads) sizes.push_back(names.size() / 2);
    });
    std::ranges::sort(sizes); // the last two are on their way at once
    EXPECT_EQ(sizes, (std::vector<std::size_t>{5, 20, 20}));
    EXPECT_EQ(images().size(), 45u);
}

TEST_F(OutboxUploaderTest, finds_the_broken_image_of_a_batch)
{
    loop.with([](auto& state) { state.broken_image = "broken"; });
    keep("a");
    keep("b");
    auto const broken = keep("broken");
    for (auto const* jpeg : {"c", "d"}) keep(jpeg);
    start();
    ASSERT_TRUE(ends_empty());
    EXPECT_EQ(images(), (Set{"a", "b", "c", "d"}));
    EXPECT_TRUE(io.run_until([&] { return fs::exists(folder / "rejected" / broken.id / "reason.txt"); }));
    EXPECT_EQ(test::bytes_of(folder / "rejected" / broken.id / "reason.txt"), "the Loop answers 422 \"no\"\n");
    EXPECT_EQ(uploader->problem(), std::nullopt);
}

TEST_F(OutboxUploaderTest, splits_a_batch_that_is_too_large)
{
    loop.with([](auto& state) { state.upload_statuses = {413}; });
    for (auto const* jpeg : {"a", "b", "c"}) keep(jpeg);
    start();
    ASSERT_TRUE(ends_empty());
    EXPECT_EQ(images(), (Set{"a", "b", "c"}));
    EXPECT_EQ(uploads(), 3u);
}

TEST_F(OutboxUploaderTest, keeps_an_image_until_the_loop_has_it)
{
    loop.with([](auto& state) { state.upload_statuses = {500, 200}; });
    keep("a");
    start();
    ASSERT_TRUE(io.run_until([&] { return uploader->problem().has_value(); }));
    EXPECT_EQ(uploader->problem(), "the Loop answers 500 \"no\"");
    EXPECT_FALSE(outbox.empty());
    EXPECT_FALSE(fs::is_empty(folder / "normal"));
    ASSERT_TRUE(ends_empty());
    EXPECT_EQ(uploads(), 2u);
    EXPECT_EQ(images(), Set{"a"});
    EXPECT_TRUE(io.run_until([&] { return !uploader->problem(); }));
}

TEST_F(OutboxUploaderTest, rejects_nothing_for_an_answer_that_promises_nothing)
{
    start();
    for (int const status : {302, 400, 403, 404, 408, 429, 503}) {
        loop.with([&](auto& state) { state.upload_statuses = {status}; });
        keep("a");
        auto const answer = "the Loop answers " + std::to_string(status) + " \"no\"";
        EXPECT_TRUE(io.run_until([&] { return uploader->problem() == answer; })) << status;
        EXPECT_FALSE(outbox.empty()) << status;
        EXPECT_TRUE(fs::is_empty(folder / "rejected")) << status;
        stop_and_go_on(); // rather than to wait for the next try
        ASSERT_TRUE(ends_empty()) << status;
    }
}

TEST_F(OutboxUploaderTest, logs_in_when_the_loop_wants_it)
{
    loop.with([](auto& state) { state.needs_login = true; });
    keep("a");
    start();
    ASSERT_TRUE(ends_empty());
    EXPECT_EQ(images(), Set{"a"});
    EXPECT_EQ(loop.with([](auto& state) { return state.logins; }), std::vector<std::string>{"username=&password="});
}

TEST_F(OutboxUploaderTest, keeps_all_while_it_is_stopped)
{
    start();
    uploader->set_mode(OutboxMode::stopped);
    keep("a");
    let_the_uploader_have_its_turn();
    EXPECT_EQ(uploads(), 0u);
    uploader->set_mode(OutboxMode::continuous_upload);
    ASSERT_TRUE(ends_empty());
    EXPECT_EQ(images(), Set{"a"});
}

TEST_F(OutboxUploaderTest, ends_the_upload_that_runs_when_it_is_stopped)
{
    loop.with([](auto& state) { state.holds_uploads = true; });
    auto const item = keep("a");
    start();
    ASSERT_TRUE(io.run_until([&] { return uploads() == 1; }));
    uploader->set_mode(OutboxMode::stopped);
    ASSERT_TRUE(io.run_until([&] { return uploader->problem().has_value(); }));
    EXPECT_FALSE(outbox.empty());
    EXPECT_TRUE(fs::exists(outbox.folder_of(item)));
    loop.with([](auto& state) { state.holds_uploads = false; });
    uploader->set_mode(OutboxMode::continuous_upload);
    ASSERT_TRUE(ends_empty());
    EXPECT_EQ(images(), Set{"a"});
}

TEST_F(OutboxUploaderTest, rejects_an_image_whose_files_are_gone)
{
    auto const gone = keep("gone");
    keep("a");
    fs::remove(outbox.folder_of(gone) / gone.file_name(".jpg"));
    start();
    ASSERT_TRUE(ends_empty());
    EXPECT_EQ(images(), Set{"a"});
    EXPECT_TRUE(io.run_until([&] { return fs::exists(folder / "rejected" / gone.id / "reason.txt"); }));
}

TEST_F(OutboxUploaderTest, says_that_the_loop_is_away)
{
    test::ClosedPort const port;
    settings = settings_for("http://127.0.0.1:" + std::to_string(port.number()));
    keep("a");
    start();
    ASSERT_TRUE(io.run_until([&] { return uploader->problem().has_value(); }));
    EXPECT_NE(uploader->problem()->find("Couldn't connect"), std::string::npos) << *uploader->problem();
    EXPECT_FALSE(outbox.empty());
}

TEST_F(OutboxUploaderTest, takes_a_mode_by_its_name_and_no_other_text)
{
    start();
    EXPECT_TRUE(uploader->choose_mode("stopped"));
    EXPECT_EQ(uploader->mode(), OutboxMode::stopped);
    for (auto const* text : {"", "Stopped", "stopped ", "sometimes"}) {
        auto const refused = uploader->choose_mode(text);
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().code, Errc::unprocessable);
        EXPECT_EQ(refused.error().message,
                  "Could not set outbox mode: '" + std::string(text) + "' is not a valid OutboxMode");
    }
    EXPECT_EQ(uploader->mode(), OutboxMode::stopped);
    EXPECT_TRUE(uploader->choose_mode("continuous_upload"));
    keep("a");
    EXPECT_TRUE(ends_empty());
}

} // namespace
} // namespace learning_loop
