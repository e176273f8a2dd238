#include "learning_loop/node/loop_session.h"

#include "learning_loop/async/task_group.h"
#include "support/fake_loop.h"
#include "support/raw_connection.h"
#include "support/run.h"
#include "support/scripted_server.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using namespace std::chrono_literals;
using test::http_answer;
using Then = test::Act::Then;

constexpr auto* new_cookie = "Set-Cookie: session=fake; Path=/\r\n";

struct LoopSessionTest : testing::Test {
    test::Io io;
    NodeSettings settings;
    std::optional<LoopSession> session;
    LoopSession::Call const ask_target = [](http::Client& http) {
        return http.get("/api/zauberzeug/projects/demo/deployment/target");
    };

    void start(std::string const& url)
    {
        settings.loop_host = url;
        auto options = loop_session_options(settings);
        options.first_busy_wait = 10ms;
        options.http.stall_timeout = 1s;
        session.emplace(io.executor(), settings, std::move(options));
    }
    Result<http::Answer> ask(WhenBusy when_busy = WhenBusy::wait)
    {
        return io.run(session->ask(ask_target, when_busy));
    }
    Task<> ask_and_note(std::vector<int>& statuses)
    {
        auto const answer = co_await session->ask(ask_target);
        statuses.push_back(answer ? answer->status : 0);
    }
};

TEST_F(LoopSessionTest, calls_that_are_all_refused_share_one_login)
{
    test::FakeLoop loop;
    loop.with([](auto& state) {
        state.needs_login = true;
        state.target = "{}";
    });
    start(loop.url());
    std::vector<int> statuses;
    TaskGroup calls(io.executor());
    for (int i = 0; i < 10; ++i) calls.spawn("call", ask_and_note(statuses));
    io.run(calls.join());
    EXPECT_EQ(statuses, std::vector<int>(10, 200));
    EXPECT_EQ(loop.with([](auto& state) { return state.logins.size(); }), 1u);
}

TEST_F(LoopSessionTest, calls_that_begin_together_share_the_first_login)
{
    test::FakeLoop loop;
    loop.with([](auto& state) { state.needs_login = true; });
    settings.username = "u";
    start(loop.url());
    std::vector<int> statuses;
    TaskGroup calls(io.executor());
    for (int i = 0; i < 10; ++i) calls.spawn("call", ask_and_note(statuses));
    io.run(calls.join());
    EXPECT_EQ(statuses, std::vector<int>(10, 404));
    EXPECT_EQ(loop.with([](auto& state) { return state.logins.size(); }), 1u);
}

TEST_F(LoopSessionTest, the_next_call_logs_in_when_the_one_that_did_is_cancelled)
{
    test::ScriptedServer const loop({{http_answer(401, "")},
                                     {"", Then::hangs},
                                     {http_answer(401, "")},
                                     {http_answer(200, "", new_cookie)},
                                     {http_answer(200, "a")}});
    start(loop.url());
    std::vector<int> statuses;
    TaskGroup first(io.executor());
    TaskGroup second(io.executor());
    first.spawn("call", ask_and_note(statuses));
    ASSERT_TRUE(io.run_until([&] { return loop.requests().size() == 2; }));
    second.spawn("call", ask_and_note(statuses));
    ASSERT_TRUE(io.run_until([&] { return loop.requests().size() == 3; }));
    first.cancel();
    io.run(first.join());
    io.run(second.join());
    EXPECT_EQ(statuses, std::vector<int>{200});
}

TEST_F(LoopSessionTest, renews_a_login_that_has_ended_once)
{
    test::ScriptedServer const loop({{http_answer(200, "", new_cookie)}, // login
                                     {http_answer(401, "")},
                                     {http_answer(200, "", new_cookie)}, // login
                                     {http_answer(401, "no")}});
    settings.username = "u";
    start(loop.url());
    EXPECT_EQ(ask().value().status, 401);
    EXPECT_EQ(loop.requests().size(), 4u);
}

TEST_F(LoopSessionTest, takes_no_login_for_granted_that_gives_no_cookie)
{
    test::ScriptedServer const loop({{http_answer(200, "")}});
    settings.username = "u";
    start(loop.url());
    EXPECT_EQ(ask().error().code, Errc::unauthorized);
    EXPECT_EQ(session->cookie_header("/ws/socket.io"), "");
}

TEST_F(LoopSessionTest, tells_a_loop_that_is_away_from_one_that_refuses)
{
    settings.username = "u";
    for (auto const& [status, code] : {std::pair(401, Errc::unauthorized),
                                       {403, Errc::unauthorized},
                                       {422, Errc::unauthorized},
                                       {429, Errc::unavailable},
                                       {503, Errc::unavailable}}) {
        test::ScriptedServer const loop({{http_answer(status, "")}});
        start(loop.url());
        EXPECT_EQ(ask().error().code, code) << status;
    }
    test::ClosedPort const port;
    start("http://127.0.0.1:" + std::to_string(port.number()));
    EXPECT_EQ(ask().error().code, Errc::unavailable);
}

TEST_F(LoopSessionTest, logs_in_again_only_when_the_loop_wants_it)
{
    test::ScriptedServer const loop({{http_answer(429, "", "Retry-After: 1\r\n")}, // login
                                     {http_answer(200, "", new_cookie)},           // login
                                     {http_answer(200, "a")}});
    settings.username = "u";
    start(loop.url());
    EXPECT_EQ(ask().error().code, Errc::unavailable);
    EXPECT_GT(session->asked_wait(), 0ms);
    EXPECT_FALSE(io.run(session->log_in()));
    EXPECT_EQ(ask().error().code, Errc::unavailable);
    EXPECT_EQ(loop.requests().size(), 1u);
    ASSERT_TRUE(io.run_until([&] { return session->asked_wait() == 0ms; }));
    EXPECT_EQ(ask().value().body, "a");
    EXPECT_GE(loop.times().at(1) - loop.times().at(0), 1s);
}

TEST_F(LoopSessionTest, gives_its_cookies_to_socket_io)
{
    test::FakeLoop loop;
    start(loop.url());
    ASSERT_TRUE(io.run(session->log_in()));
    EXPECT_EQ(session->cookie_header("/ws/socket.io"), ""); // of the path /api, as it was set without one
    test::ScriptedServer const other({{http_answer(200, "", new_cookie)}});
    start(other.url());
    ASSERT_TRUE(io.run(session->log_in()));
    EXPECT_EQ(session->cookie_header("/ws/socket.io"), "session=fake");
}

TEST_F(LoopSessionTest, sends_its_token_and_never_logs_in)
{
    test::ScriptedServer const loop({{http_answer(401, "no")}});
    settings.loop_token = Secret("a-token");
    start(loop.url());
    EXPECT_EQ(ask().value().status, 401);
    EXPECT_TRUE(io.run(session->log_in()));
    ASSERT_EQ(loop.requests().size(), 1u);
    EXPECT_NE(loop.requests().at(0).find("Authorization: Bearer a-token\r\n"), std::string::npos);
}

TEST_F(LoopSessionTest, waits_for_a_busy_loop)
{
    test::ScriptedServer const loop({{http_answer(429, "")}, {http_answer(429, "")}, {http_answer(200, "a")}});
    start(loop.url());
    EXPECT_EQ(ask().value().body, "a");
    EXPECT_EQ(loop.requests().size(), 3u);
}

TEST_F(LoopSessionTest, waits_as_long_as_a_busy_loop_asks_for)
{
    test::ScriptedServer const loop({{http_answer(429, "", "Retry-After: 1\r\n")}, {http_answer(200, "a")}});
    start(loop.url());
    EXPECT_EQ(ask().value().body, "a");
    EXPECT_GE(loop.times().at(1) - loop.times().at(0), 1s);
}

TEST_F(LoopSessionTest, answers_at_once_who_does_not_want_to_wait)
{
    test::ScriptedServer const loop({{http_answer(429, "", "Retry-After: 100\r\n")}});
    start(loop.url());
    EXPECT_EQ(ask(WhenBusy::answer).value().retry_after, 100s);
    EXPECT_GT(session->asked_wait(), 50s);
    EXPECT_LE(session->asked_wait(), 100s);
    EXPECT_EQ(loop.requests().size(), 1u);
}

TEST_F(LoopSessionTest, gives_up_a_loop_that_is_busy_for_ever_after_twenty_tries)
{
    test::ScriptedServer const loop({{http_answer(429, "busy")}});
    settings.loop_host = loop.url();
    auto options = loop_session_options(settings);
    options.first_busy_wait = std::chrono::milliseconds(0); // so that all of them fit into a test
    session.emplace(io.executor(), settings, std::move(options));
    EXPECT_EQ(ask().value().status, 429);
    EXPECT_EQ(loop.requests().size(), 20u);
}

TEST_F(LoopSessionTest, names_where_a_redirect_points_and_sends_nothing_there)
{
    test::ScriptedServer const elsewhere({{http_answer(200, "")}});
    test::ScriptedServer const loop({{http_answer(301, "moved", "Location: " + elsewhere.url() + "/x\r\n")}});
    start(loop.url());
    auto const refusal = loop_refusal(ask().value(), "target");
    EXPECT_EQ(refusal.message, "target: the Loop answers 301 and points to " + elsewhere.url() +
                                   "/x, where nothing is sent: if the Loop is there, set LOOP_HOST; moved");
    EXPECT_EQ(elsewhere.connections(), 0u);
}

} // namespace
} // namespace learning_loop
