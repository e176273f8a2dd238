#include "learning_loop/trainer/dataset/image_downloads.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/trainer/dataset/kept_images.h"

#include "support/fake_dataset_loop.h"
#include "support/raw_connection.h"
#include "support/run.h"
#include "support/sample_images.h"
#include "support/scripted_server.h"
#include "support/short_of_space.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::fake_image_id;
using Fates = std::vector<ImageFate>;
using test::Act;

struct ImageDownloadsTest : testing::Test {
    test::Io io;
    test::TempFolder folder;
    test::FakeDatasetLoop loop;
    Pool pool{"images of a test", 2, 200};
    NodeSettings settings;
    ImageDownloadOptions options;
    std::vector<std::size_t> told; ///< How many were done, each time that it was told.

    ImageDownloadsTest()
    {
        settings.loop_host = loop.url();
        options.pace.first_wait = 4ms;
        options.pace.max_wait = 20ms;
    }
    fs::path images() const { return folder / "images"; }
    fs::path file(int number) const { return image_file(images(), fake_image_id(number)); }
    static std::vector<std::string> ids(int count)
    {
        std::vector<std::string> ids;
        for (int number = 1; number <= count; ++number) ids.push_back(fake_image_id(number));
        return ids;
    }
    Result<Fates> fetch(std::vector<std::string> wanted)
    {
        auto session_options = loop_session_options(settings);
        session_options.http.max_at_once = 80;
        session_options.http.stall_timeout = 1s;
        LoopSession session(io.executor(), settings, session_options);
        LoopClient client(session, {"zauberzeug", "demo"});
        ImageDownloads downloads(client, pool, images(), options);
        auto progress = [this](std::size_t done, std::size_t) { told.push_back(done); };
        return io.run(downloads.fetch(std::move(wanted), progress));
    }
    /// What becomes of one image that a server sends after these acts.
    Result<Fates> fetch_from(test::ScriptedServer const& server)
    {
        settings.loop_host = server.url();
        fs::remove_all(images());
        return fetch(ids(1));
    }
    std::size_t files() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(images()), {})); }
    int all_downloads()
    {
        return loop.with([](auto& state) { return state.all_downloads; });
    }
};

TEST_F(ImageDownloadsTest, fetch_the_images_that_are_missing)
{
    loop.add_images(30);
    auto const third = loop.with([](auto& state) { return state.images[2].bytes; });
    test::put(file(3), third);
    EXPECT_EQ(fetch(ids(30)).value(), Fates(30, ImageFate::there));
    EXPECT_EQ(test::bytes_of(file(3)), third);
    EXPECT_EQ(files(), 30u);
    EXPECT_EQ(all_downloads(), 29);
    EXPECT_EQ(loop.times_asked_for(fake_image_id(3)), 0);
    EXPECT_TRUE(std::ranges::is_sorted(told));
    EXPECT_EQ(told.back(), 30u);
    EXPECT_EQ(fetch(ids(30)).value(), Fates(30, ImageFate::there));
    EXPECT_EQ(all_downloads(), 29);
}

TEST_F(ImageDownloadsTest, fetch_again_what_a_trainer_that_was_killed_left_truncated)
{
    loop.add_images(3);
    auto const whole = loop.with([](auto& state) { return state.images[1].bytes; });
    test::put(file(2), whole.substr(0, whole.size() / 2));
    EXPECT_EQ(fetch(ids(3)).value(), Fates(3, ImageFate::there));
    EXPECT_EQ(test::bytes_of(file(2)), whole);
}

TEST_F(ImageDownloadsTest, drop_the_three_truncated_ones_of_fifty_after_a_second_look)
{
    loop.add_images(50);
    loop.with([](auto& state) {
        for (int const index : {4, 17, 49}) {
            auto& bytes = state.images[static_cast<std::size_t>(index)].bytes;
            bytes.resize(bytes.size() - 2);
        }
    });
    auto const fates = fetch(ids(50));
    EXPECT_EQ(std::ranges::count(fates.value(), ImageFate::there), 47);
    EXPECT_EQ(std::ranges::count(*fates, ImageFate::corrupt), 3);
    EXPECT_EQ(fates->at(4), ImageFate::corrupt);
    EXPECT_EQ(files(), 47u);
    EXPECT_EQ(loop.times_asked_for(fake_image_id(5)), 2);
    EXPECT_EQ(all_downloads(), 53);
}

TEST_F(ImageDownloadsTest, take_an_image_that_only_its_first_transfer_damaged)
{
    loop.add_images(1);
    loop.with([](auto& state) { state.sent[fake_image_id(1)] = {"damaged"}; });
    EXPECT_EQ(fetch(ids(1)).value(), Fates{ImageFate::there});
    EXPECT_EQ(loop.times_asked_for(fake_image_id(1)), 2);
}

TEST_F(ImageDownloadsTest, count_what_the_loop_does_not_have_as_missing)
{
    loop.add_images(2);
    EXPECT_EQ(fetch(ids(3)).value(), (Fates{ImageFate::there, ImageFate::there, ImageFate::missing}));
    EXPECT_EQ(loop.times_asked_for(fake_image_id(3)), 1);
    EXPECT_EQ(told.back(), 3u);
}

TEST_F(ImageDownloadsTest, begin_with_a_few_and_then_run_many_at_once)
{
    loop.add_images(300);
    EXPECT_TRUE(fetch(ids(300)));
    auto const most = loop.with([](auto& state) { return state.most_at_once; });
    EXPECT_GT(most, 16);
    EXPECT_LE(most, 64);
}

TEST_F(ImageDownloadsTest, ask_again_whatever_else_the_loop_answers)
{
    auto const jpeg = test::a_jpeg();
    Act const good{test::http_answer(200, jpeg)};
    for (int const status : {201, 204, 301, 302, 400, 403, 405, 408, 409, 410, 411,
                             413, 415, 422, 425, 429, 500, 502, 503, 504, 507, 599}) {
        test::ScriptedServer const server({{test::http_answer(status, status == 204 ? "" : "no")}, good});
        EXPECT_EQ(fetch_from(server).value(), Fates{ImageFate::there}) << status;
        EXPECT_EQ(server.requests().size(), 2u) << status;
        EXPECT_EQ(test::bytes_of(file(1)), jpeg);
    }
}

TEST_F(ImageDownloadsTest, ask_again_after_answers_that_break_off_and_answers_that_are_none)
{
    Act const good{test::http_answer(200, test::a_jpeg())};
    auto const head = std::string("HTTP/1.1 200 OK\r\n");
    std::vector<Act> const table{
        {"", Act::Then::closes},
        {"", Act::Then::resets},
        {"no HTTP at all\r\n\r\n", Act::Then::closes},
        {head + "Content-Length: 900\r\n\r\nhalf", Act::Then::closes},
        {head + "Transfer-Encoding: chunked\r\n\r\n900\r\nhalf", Act::Then::closes},
        {head + "Transfer-Encoding: gzip\r\n\r\nx", Act::Then::closes},
        {head + "Content-Length: 3\r\n\r\nbad", Act::Then::closes},
        {head + "Content-Length: 0\r\n\r\n", Act::Then::listens},
        {head + "Content-Length: 9\r\n\r\n", Act::Then::hangs},
        {"HTTP/1.1 500 No\r\nContent-Length: 100000000\r\n\r\n", Act::Then::closes, 100'000'000},
        {test::http_answer(429, "", "Retry-After: soon\r\n")},
        {test::http_answer(503, "", "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n")}};
    for (auto const& act : table) {
        test::ScriptedServer const server({act, good});
        EXPECT_EQ(fetch_from(server).value(), Fates{ImageFate::there}) << act.says;
        EXPECT_EQ(server.requests().size(), 2u) << act.says;
    }
}

TEST_F(ImageDownloadsTest, log_in_again_when_the_login_has_run_out)
{
    test::ScriptedServer const server({{test::http_answer(401, "")},
                                       {test::http_answer(200, "", "Set-Cookie: session=new; Path=/\r\n")},
                                       {test::http_answer(200, test::a_jpeg())}});
    EXPECT_EQ(fetch_from(server).value(), Fates{ImageFate::there});
    EXPECT_NE(server.requests().at(2).find("session=new"), std::string::npos);
}

TEST_F(ImageDownloadsTest, wait_as_long_as_a_busy_loop_asks_for)
{
    test::ScriptedServer const server(
        {{test::http_answer(429, "", "Retry-After: 1\r\n")}, {test::http_answer(200, test::a_jpeg())}});
    EXPECT_EQ(fetch_from(server).value(), Fates{ImageFate::there});
    EXPECT_GE(server.times().at(1) - server.times().at(0), 1s);
}

TEST_F(ImageDownloadsTest, give_up_an_image_after_some_tries_when_all_others_have_come)
{
    loop.add_images(40);
    loop.with([](auto& state) { state.statuses[fake_image_id(7)] = {500}; });
    auto const refused = fetch(ids(40));
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    EXPECT_EQ(refused.error().message,
              "1 of 40 images cannot be downloaded now: image " + fake_image_id(7) + ": the Loop answers 500 not now");
    EXPECT_EQ(loop.times_asked_for(fake_image_id(7)), options.max_tries);
    EXPECT_EQ(files(), 39u);
    loop.with([](auto& state) { state.statuses.clear(); });
    EXPECT_TRUE(fetch(ids(40)));
    EXPECT_EQ(all_downloads(), 39 + options.max_tries + 1);
}

TEST_F(ImageDownloadsTest, cause_no_storm_when_the_loop_fails_while_many_are_under_way)
{
    loop.add_images(1000);
    loop.with([](auto& state) { state.good_downloads = 300; });
    auto const refused = fetch(ids(1000));
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    EXPECT_LE(all_downloads(), 300 + 64 + 32 + 16 + 8 + 4 + 2 + 1);
    EXPECT_EQ(files(), 300u);
}

TEST_F(ImageDownloadsTest, say_that_the_loop_is_away)
{
    test::ClosedPort const port;
    settings.loop_host = "http://127.0.0.1:" + std::to_string(port.number());
    auto const refused = fetch(ids(500));
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    EXPECT_EQ(refused.error().message.rfind("the images cannot be downloaded now: http://127.0.0.1", 0), 0u)
        << refused.error().message;
}

TEST_F(ImageDownloadsTest, leave_nothing_half_when_they_are_cancelled_and_go_on_from_there)
{
    loop.add_images(200);
    LoopSession session(io.executor(), settings);
    LoopClient client(session, {"zauberzeug", "demo"});
    ImageDownloads downloads(client, pool, images(), options);
    std::size_t done = 0;
    bool was_cancelled = false;
    auto run = [&]() -> Task<> {
        try {
            (void)co_await downloads.fetch(ids(200), [&](std::size_t so_far, std::size_t) { done = so_far; });
        } catch (boost::system::system_error const&) {
            was_cancelled = true;
            throw;
        }
    };
    TaskGroup group(io.executor());
    group.spawn("downloads", run());
    ASSERT_TRUE(io.run_until([&] { return done >= 20; }));
    group.cancel();
    io.run(group.join());
    EXPECT_TRUE(was_cancelled);
    std::size_t whole = 0;
    for (auto const& entry : fs::directory_iterator(images())) whole += entry.path().extension() == ".jpg" ? 1 : 0;
    EXPECT_EQ(files(), whole);
    auto const before = all_downloads();
    EXPECT_EQ(fetch(ids(200)).value(), Fates(200, ImageFate::there));
    EXPECT_EQ(static_cast<std::size_t>(all_downloads() - before), 200 - whole);
}

TEST_F(ImageDownloadsTest, end_at_once_when_they_are_cancelled_while_the_loop_says_nothing)
{
    loop.add_images(200);
    loop.with([](auto& state) { state.holds_downloads = true; });
    LoopSession session(io.executor(), settings);
    LoopClient client(session, {"zauberzeug", "demo"});
    ImageDownloads downloads(client, pool, images(), options);
    auto run = [&]() -> Task<> { (void)co_await downloads.fetch(ids(200), {}); };
    TaskGroup group(io.executor());
    group.spawn("downloads", run());
    ASSERT_TRUE(io.run_until([&] { return loop.with([](auto& state) { return state.downloads_now; }) == 4; }));
    group.cancel();
    io.run(group.join());
    EXPECT_EQ(files(), 0u);
    loop.with([](auto& state) { state.holds_downloads = false; });
}

TEST_F(ImageDownloadsTest, say_that_the_disk_is_full)
{
    loop.add_images(20);
    Result<Fates> refused = Error();
    {
        test::ShortOfSpace const full(100);
        refused = fetch(ids(20));
    }
    EXPECT_EQ(refused.error().code, Errc::out_of_space);
    EXPECT_EQ(files(), 0u);
}

TEST_F(ImageDownloadsTest, ask_for_nothing_when_the_disk_has_no_room)
{
    loop.add_images(2);
    options.reserved_disk_bytes = 3'000'000'000;
    options.free_bytes = [](fs::path const&) { return std::uintmax_t{2'900'000'000}; };
    auto const refused = fetch(ids(2));
    EXPECT_EQ(refused.error().code, Errc::out_of_space);
    EXPECT_EQ(refused.error().message,
              "2 images do not fit on the disk of " + images().string() +
                  ", where 2.9 GB are free and 3.0 GB must stay free: free some space, or name a folder on a larger "
                  "disk with --data-folder (DATA_FOLDER)");
    EXPECT_EQ(all_downloads(), 0);
    test::put(file(1), test::a_jpeg());
    test::put(file(2), test::a_jpeg());
    EXPECT_TRUE(fetch(ids(2))); // they need no room any more
}

TEST_F(ImageDownloadsTest, end_early_when_the_images_so_far_show_that_the_rest_will_not_fit)
{
    loop.add_images(1000);
    auto const size = loop.with([](auto& state) { return state.images[0].bytes.size(); });
    options.reserved_disk_bytes = 0;
    options.free_bytes = [size](fs::path const&) { return std::uintmax_t{700 * size}; };
    auto const refused = fetch(ids(1000));
    EXPECT_EQ(refused.error().code, Errc::out_of_space);
    EXPECT_LT(all_downloads(), 200);
    EXPECT_GE(files(), 20u);
}

/// A JPEG with a comment of so many bytes.
std::string long_jpeg(std::size_t bytes)
{
    auto jpeg = test::a_jpeg();
    std::string comments;
    for (std::size_t i = 0; i < bytes; i += 65'535)
        comments += std::string("\xff\xfe\xff\xff", 4) + std::string(65'533, 'x');
    return jpeg.insert(2, comments);
}

TEST_F(ImageDownloadsTest, run_fewer_at_once_when_the_images_are_large_so_that_memory_is_bounded)
{
    loop.add_images(12);
    auto const jpeg = long_jpeg(9u << 20);
    loop.with([&](auto& state) {
        for (auto& image : state.images) image.bytes = jpeg;
    });
    options.max_bytes_at_once = 32u << 20;
    EXPECT_EQ(fetch(ids(12)).value(), Fates(12, ImageFate::there));
    EXPECT_EQ(fs::file_size(file(12)), jpeg.size());
    EXPECT_LE(loop.with([](auto& state) { return state.most_at_once; }), 4);
}

} // namespace
} // namespace learning_loop
