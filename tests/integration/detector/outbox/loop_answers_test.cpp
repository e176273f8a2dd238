#include "learning_loop/detector/outbox/outbox_uploader.h"

#include "learning_loop/async/task_group.h"
#include "support/fault_proxy.h"
#include "support/keep_one.h"
#include "support/live_memory.h"
#include "support/raw_connection.h"
#include "support/run.h"
#include "support/scripted_server.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <array>
#include <ctime>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::Act;
using test::http_answer;
using Then = Act::Then;

/// What a node does with its images, as the table in docs/protocol.md says.
enum class Reaction {
    done,  ///< They leave the outbox.
    retry, ///< They stay, and are sent again after a wait of at least a second.
    split, ///< They are sent one by one; what is refused alone lies in `rejected`.
    log_in ///< The same, after a login; when that is refused, retry.
};

struct Row {
    std::string name;
    Act act;
    Reaction reaction;
    std::chrono::seconds min_wait{1};
};

std::string gmt_in(std::chrono::seconds wait)
{
    auto const time = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + wait);
    std::array<char, 64> text{};
    std::tm parts{};
    std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", ::gmtime_r(&time, &parts));
    return text.data();
}

/// The row's dates are of the moment when its test runs.
Act with_a_date(Act act)
{
    constexpr std::string_view place = "a date";
    if (auto const at = act.says.find(place); at != std::string::npos) act.says.replace(at, place.size(), gmt_in(4s));
    return act;
}

void PrintTo(Row const& row, std::ostream* out)
{
    *out << row.name;
}

std::vector<Row> rows()
{
    std::vector<Row> rows;
    auto const status = [&](int number, Reaction reaction) {
        rows.push_back({"status_" + std::to_string(number), {http_answer(number, "what the Loop says")}, reaction});
    };
    status(200, Reaction::done);
    for (int const number : {201, 204, 302, 400, 403, 404, 408, 411, 415, 425, 429, 500, 502, 503, 504, 507, 599})
        status(number, Reaction::retry);
    for (int const number : {409, 413, 422}) status(number, Reaction::split);
    status(401, Reaction::log_in);
    auto const says = [&](std::string name, Act act, Reaction reaction = Reaction::retry,
                          std::chrono::seconds wait = 1s) {
        rows.push_back({std::move(name), std::move(act), reaction, wait});
    };
    says("status_301_elsewhere", {http_answer(301, "", "Location: http://127.0.0.1:1/\r\n")});
    says("status_429_with_seconds", {http_answer(429, "", "Retry-After: 3\r\n")}, Reaction::retry, 3s);
    says("status_429_with_a_date", {http_answer(429, "", "Retry-After: a date\r\n")}, Reaction::retry, 2s);
    says("status_429_with_garbage", {http_answer(429, "", "Retry-After: soon\r\n")});
    says("status_503_with_seconds", {http_answer(503, "", "Retry-After: 3\r\n")}, Reaction::retry, 3s);
    says("no_http", {"SSH-2.0-OpenSSH_9.2\r\n", Then::closes});
    says("truncated_chunks", {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", Then::closes});
    says("length_too_long", {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Then::closes});
    says("length_too_short", {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\"OK\"", Then::closes}, Reaction::done);
    says("length_no_number", {"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", Then::closes});
    says("compressed_transfer", {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n\x1f\x8b", Then::closes});
    says("gzip_bomb_as_error", {http_answer(500, "\x1f\x8b\x08", "Content-Encoding: gzip\r\n")});
    says("error_of_100_mb", {"HTTP/1.1 500 No\r\nContent-Length: 100000000\r\n\r\n", Then::closes, 100'000'000});
    says("refusal_of_100_mb", {"HTTP/1.1 413 No\r\nContent-Length: 100000000\r\n\r\n", Then::closes, 100'000'000},
         Reaction::split);
    says("accepts_and_never_reads", {"", Then::hangs, 0, 0, false});
    says("reads_and_never_answers", {"", Then::hangs});
    says("reset_in_the_head", {"HTTP/1.1 2", Then::resets});
    says("reset_in_the_body", {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Then::resets});
    says("end_after_the_head", {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", Then::closes});
    says("a_byte_a_second", {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", Then::hangs, 100, 1});
    return rows;
}

struct LoopAnswersTest : testing::Test {
    test::Io io;
    test::TempFolder folder;
    Outbox outbox{io.executor(), folder.path(), {.max_bytes = 1 << 30, .min_free_disk_bytes = 0}};
    NodeSettings settings;
    std::optional<LoopSession> session;
    std::optional<LoopClient> client;
    std::optional<OutboxUploader> uploader;
    TaskGroup tasks{io.executor()};

    void start(std::string const& url)
    {
        settings.loop_host = url;
        auto options = loop_session_options(settings);
        options.http.stall_timeout = 1s;
        session.emplace(io.executor(), settings, std::move(options));
        client.emplace(*session, Context{"zauberzeug", "demo"});
        uploader.emplace(outbox, *client);
        tasks.spawn("uploads", uploader->run());
    }
    ~LoopAnswersTest() override
    {
        tasks.cancel();
        io.run(tasks.join());
    }
    void keep(std::string const& jpeg) { test::keep_one(io, outbox, jpeg, R"({"tags":[]})", false).value(); }
    /// Each has a folder of its own. Some of them may go while they are counted.
    std::size_t images_in(std::string const& name)
    {
        std::error_code gone;
        fs::directory_iterator const items(folder / name, gone);
        return gone ? 0u : static_cast<std::size_t>(std::distance(begin(items), end(items)));
    }
};

struct LoopAnswers : LoopAnswersTest, testing::WithParamInterface<Row> {};

TEST_P(LoopAnswers, is_treated_as_the_table_says)
{
    auto const& row = GetParam();
    test::ScriptedServer const loop({with_a_date(row.act)});
    keep("first");
    keep("second");
    start(loop.url());
    switch (row.reaction) {
    case Reaction::done:
        ASSERT_TRUE(io.run_until([&] { return outbox.empty() && images_in("normal") == 0; }));
        EXPECT_EQ(loop.requests().size(), 1u);
        return;
    case Reaction::split:
        ASSERT_TRUE(io.run_until([&] { return images_in("rejected") == 2; }));
        EXPECT_TRUE(io.run_until([&] { return outbox.empty(); }));
        EXPECT_EQ(loop.requests().size(), 3u);
        return;
    case Reaction::log_in:
        ASSERT_TRUE(io.run_until([&] { return loop.requests().size() == 2; }));
        EXPECT_EQ(loop.requests().at(1).substr(0, 16), "POST /api/login ");
        [[fallthrough]];
    case Reaction::retry:
        auto const first_try = row.reaction == Reaction::log_in ? 2u : 1u;
        ASSERT_TRUE(io.run_until([&] { return loop.requests().size() > first_try; }));
        EXPECT_GE(loop.times().at(first_try) - loop.times().at(first_try - 1), row.min_wait);
        EXPECT_TRUE(uploader->problem());
        EXPECT_EQ(images_in("normal"), 2u); // nothing is deleted because the Loop says no
        EXPECT_EQ(images_in("rejected"), 0u);
    }
}

INSTANTIATE_TEST_SUITE_P(Rows, LoopAnswers, testing::ValuesIn(rows()),
                         [](testing::TestParamInfo<Row> const& row) { return row.param.name; });

TEST_F(LoopAnswersTest, a_wish_of_a_billion_seconds_is_an_hour)
{
    test::ScriptedServer const loop({{http_answer(429, "", "Retry-After: 1000000000\r\n")}});
    keep("first");
    start(loop.url());
    ASSERT_TRUE(io.run_until([&] { return uploader->problem().has_value(); }));
    EXPECT_GT(client->asked_wait(), 3590s);
    EXPECT_LE(client->asked_wait(), 3600s);
    EXPECT_EQ(loop.requests().size(), 1u);
}

TEST_F(LoopAnswersTest, a_loop_that_is_away_is_asked_again)
{
    test::ClosedPort const port;
    keep("first");
    start("http://127.0.0.1:" + std::to_string(port.number()));
    ASSERT_TRUE(io.run_until([&] { return uploader->problem().has_value(); }));
    EXPECT_EQ(images_in("normal"), 1u);
}

TEST_F(LoopAnswersTest, a_loop_that_was_away_gets_what_was_kept_meanwhile)
{
    test::ScriptedServer const loop({{http_answer(200, "\"OK\"")}});
    test::FaultProxy link(loop.port());
    link.refuse();
    keep("first");
    start(link.url());
    ASSERT_TRUE(io.run_until([&] { return uploader->problem().has_value(); }));
    EXPECT_EQ(link.connections(), 0u);
    link.accept_again();
    ASSERT_TRUE(io.run_until([&] { return outbox.empty(); }));
    EXPECT_TRUE(io.run_until([&] { return !uploader->problem(); }));
}

TEST_F(LoopAnswersTest, an_upload_that_hangs_does_not_hold_up_the_end)
{
    test::ScriptedServer const loop({{"", Then::hangs}});
    keep("first");
    start(loop.url());
    ASSERT_TRUE(io.run_until([&] { return loop.requests().size() == 1; }));
    auto const begin = std::chrono::steady_clock::now();
    tasks.cancel();
    io.run(tasks.join());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
    EXPECT_EQ(images_in("normal"), 1u);
}

TEST_F(LoopAnswersTest, peers_that_hang_cost_no_descriptors)
{
    test::ScriptedServer const loop({{"", Then::hangs}});
    keep("first");
    start(loop.url());
    ASSERT_TRUE(io.run_until([&] { return loop.requests().size() == 2; }));
    auto const before = test::open_descriptors();
    ASSERT_TRUE(io.run_until([&] { return loop.requests().size() == 4; }));
    EXPECT_LE(test::open_descriptors(), before + 2);
}

} // namespace
} // namespace learning_loop
