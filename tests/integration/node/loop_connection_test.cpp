#include "learning_loop/node/loop_connection.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/node/status_reports.h"
#include "support/fake_socketio_loop.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace learning_loop {
namespace {

using namespace std::chrono_literals;
using socketio::Arguments;
namespace json = boost::json;

struct LoopConnectionTest : testing::Test {
    test::FakeSocketIoLoop loop;
    test::Io io;
    NodeSettings settings;
    Problems problems;
    LoopConnectionOptions options{.type = NodeType::annotation_node, .is_muted = false, .first_wait = 20ms, .load = {}};
    std::optional<LoopSession> session;
    std::optional<LoopConnection> connection;
    std::optional<StatusReports> reports;
    TaskGroup tasks{io.executor()};
    int restarts = 0;
    int held = 0;

    ~LoopConnectionTest() override
    {
        tasks.cancel();
        io.run(tasks.join());
    }
    void start()
    {
        settings.loop_host = loop.url();
        auto session_options = loop_session_options(settings);
        session_options.first_busy_wait = 20ms;
        session.emplace(io.executor(), settings, session_options);
        connection.emplace(io.executor(), *session, problems, options, [this] { ++restarts; });
        connection->events().on("repeat", *this, &LoopConnectionTest::repeat);
        connection->events().on("fail", *this, &LoopConnectionTest::fail);
        connection->events().on("hold", *this, &LoopConnectionTest::hold);
    }
    void run() { tasks.spawn("the connection", connection->run()); }
    void connect()
    {
        start();
        run();
        ASSERT_TRUE(io.run_until([&] { return connection->is_connected(); }));
    }
    Task<Result<NodeAck>> repeat(std::string text) { co_return NodeAck{true, {}, json::string(text)}; }
    Task<Result<NodeAck>> fail() { co_return Error{Errc::unprocessable, "not like this"}; }

    Task<Result<NodeAck>> hold()
    {
        ++held;
        Pause pause(io.executor());
        co_await pause.sleep(1h);
        co_return NodeAck();
    }

    std::string problem(std::string const& step)
    {
        auto const found = problems.all().find(step);
        return found == problems.all().end() ? "" : found->second;
    }
    /// What the Loop gets as the ack, while our io thread runs.
    Result<Arguments> asked(std::string event, Arguments arguments, std::chrono::milliseconds timeout = 20s)
    {
        std::optional<Result<Arguments>> ack;
        std::atomic<bool> is_there = false;
        std::jthread const asking([&] {
            ack = loop.call(std::move(event), std::move(arguments), timeout);
            is_there = true;
        });
        EXPECT_TRUE(io.run_until([&] { return is_there.load(); }));
        return *ack;
    }
    json::value ack_of(std::string event, Arguments arguments)
    {
        return asked(event, std::move(arguments)).value().values;
    }

    void report(std::chrono::milliseconds cycle, std::chrono::milliseconds timeout = 10s)
    {
        start();
        reports.emplace(io.executor(), *connection, problems,
                        StatusReportOptions{.event = "report", .timeout = timeout, .cycle = cycle},
                        [] { return Arguments::of(std::string("well")); });
        run();
        tasks.spawn("the reports", reports->run());
    }
    std::size_t reported()
    {
        return loop.with([](auto const& state) { return state.reports.size(); });
    }
    std::size_t handshakes()
    {
        return loop.with([](auto const& state) { return state.handshakes.size(); });
    }
    bool has(std::function<bool()> condition) { return io.run_until(condition); }
};

TEST_F(LoopConnectionTest, logs_in_and_says_what_it_is)
{
    connect();
    loop.with([](auto const& state) {
        EXPECT_EQ(state.logins, 1);
        ASSERT_EQ(state.handshakes.size(), 1u);
        auto const& headers = state.handshakes[0];
        EXPECT_EQ(headers.find("nodeType"), "annotation_node");
        EXPECT_EQ(headers.find("organization"), "");
        EXPECT_EQ(headers.find("project"), "");
        EXPECT_EQ(headers.find("Cookie"), "session=fake");
    });
    EXPECT_TRUE(problems.all().empty());
}

TEST_F(LoopConnectionTest, connects_again_with_a_new_login_when_it_is_lost)
{
    connect();
    loop.disconnect();
    EXPECT_TRUE(has([&] { return handshakes() == 2 && connection->is_connected(); }));
    EXPECT_EQ(loop.with([](auto const& state) { return state.logins; }), 2);
    EXPECT_TRUE(problems.all().empty());
}

TEST_F(LoopConnectionTest, tells_what_keeps_it_from_connecting_and_that_it_is_over)
{
    loop.with([](auto& state) { state.status = 503; });
    start();
    run();
    EXPECT_TRUE(has([&] { return problem("connection").find("the Loop answers 503") != std::string::npos; }));
    loop.with([](auto& state) {
        EXPECT_EQ(state.logins, 0);
        state.status = 200;
        state.login_status = 401;
    });
    EXPECT_TRUE(
        has([&] { return problem("connection").find("the node has none: set LOOP_TOKEN") != std::string::npos; }));
    loop.with([](auto& state) {
        EXPECT_TRUE(state.handshakes.empty());
        state.login_status = 200;
        state.admits = false;
    });
    EXPECT_TRUE(has([&] { return problem("connection").find("log in first") != std::string::npos; }));
    loop.with([](auto& state) { state.admits = true; });
    EXPECT_TRUE(has([&] { return problems.all().empty() && connection->is_connected(); }));
}

TEST_F(LoopConnectionTest, acks_events_in_the_form_of_nodes)
{
    connect();
    EXPECT_EQ(ack_of("repeat", Arguments::of(std::string("x"))),
              json::parse(R"([{"success": true, "error_msg": null, "payload": "x"}])"));
    EXPECT_EQ(ack_of("fail", {}),
              json::parse(R"([{"success": false, "error_msg": "not like this", "payload": null}])"));
    EXPECT_EQ(ack_of("repeat", Arguments::of(1)),
              json::parse(R"([{"success": false, "error_msg": "argument 1: expected a text", "payload": null}])"));
}

TEST_F(LoopConnectionTest, answers_as_many_events_at_a_time_as_it_is_told)
{
    options.load.max_events = 500;
    connect();
    for (int i = 0; i < 400; ++i) loop.emit("hold");
    EXPECT_TRUE(has([&] { return held == 400; }));
    EXPECT_TRUE(connection->is_connected());
}

TEST_F(LoopConnectionTest, acks_an_event_that_it_does_not_know_without_arguments)
{
    connect();
    EXPECT_EQ(ack_of("news_of_tomorrow", Arguments::of(1)), json::array());
}

TEST_F(LoopConnectionTest, ends_the_program_without_an_ack_when_the_loop_restarts_it)
{
    connect();
    EXPECT_EQ(asked("restart", {}, 200ms).error().code, Errc::unavailable);
    EXPECT_EQ(restarts, 1);
}

TEST_F(LoopConnectionTest, is_closed_while_it_is_muted)
{
    connect();
    connection->set_muted(true);
    EXPECT_TRUE(has([&] { return !loop.has_a_node(); }));
    EXPECT_FALSE(connection->is_connected());
    EXPECT_TRUE(problems.all().empty()) << "it is as the operator wants it";
    connection->set_muted(false);
    EXPECT_TRUE(has([&] { return connection->is_connected(); }));
}

TEST_F(LoopConnectionTest, connects_as_soon_as_it_is_unmuted_however_long_it_waits_for_the_loop)
{
    options.first_wait = 1h;
    connect();
    loop.disconnect();
    EXPECT_TRUE(has([&] { return !connection->is_connected(); }));
    connection->set_muted(true);
    connection->set_muted(false);
    EXPECT_TRUE(has([&] { return connection->is_connected(); }));
}

TEST_F(LoopConnectionTest, tells_everybody_who_wants_to_know_that_it_is_connected)
{
    start();
    int told = 0;
    for (int i = 0; i < 2; ++i) connection->on_connect([&] { ++told; });
    run();
    EXPECT_TRUE(has([&] { return told == 2; }));
}

TEST_F(LoopConnectionTest, asks_the_loop_nothing_if_it_begins_muted)
{
    options.is_muted = true;
    start();
    run();
    EXPECT_FALSE(io.run(connection->call("report", {}, 20ms)));
    loop.with([](auto const& state) { EXPECT_EQ(state.logins, 0); });
    connection->set_muted(false);
    EXPECT_TRUE(has([&] { return connection->is_connected(); }));
}

TEST_F(LoopConnectionTest, reports_each_cycle)
{
    report(10ms);
    EXPECT_TRUE(has([&] { return reported() >= 5; }));
    EXPECT_EQ(handshakes(), 1u);
    loop.with([](auto const& state) { EXPECT_EQ(state.reports[0], json::array{"well"}); });
    EXPECT_TRUE(problems.all().empty());
}

TEST_F(LoopConnectionTest, reports_at_once_over_a_new_connection_and_when_there_is_news)
{
    report(1h);
    EXPECT_TRUE(has([&] { return reported() == 1; }));
    reports->tell_now();
    EXPECT_TRUE(has([&] { return reported() == 2; }));
    loop.disconnect();
    EXPECT_TRUE(has([&] { return reported() == 3; }));
}

/// What is no success, and what the node says of it.
struct BadAck {
    char const* name;
    std::function<std::optional<Arguments>()> ack;
    std::string problem;
};

void PrintTo(BadAck const& bad, std::ostream* out)
{
    *out << bad.name;
}

struct BadAcks : LoopConnectionTest, testing::WithParamInterface<BadAck> {};
INSTANTIATE_TEST_SUITE_P(
    , BadAcks,
    testing::Values(
        BadAck{"refused",
               [] {
                   return Arguments::of(json::value{{"success", false}, {"error_msg", "No training found"}});
               },
               "No training found"},
        BadAck{"refused_without_a_reason",
               [] {
                   return Arguments::of(json::value{{"success", false}});
               },
               "no reason"},
        BadAck{"without_arguments", [] { return Arguments(); }, "no answer"},
        BadAck{"something_else", [] { return Arguments::of(7); }, "cannot be read: 7"},
        BadAck{"none", []() -> std::optional<Arguments> { return std::nullopt; }, "report"}),
    [](auto const& bad) { return bad.param.name; });

TEST_P(BadAcks, renew_the_connection_and_are_told)
{
    loop.with([](auto& state) { state.ack = GetParam().ack; });
    report(20ms, 50ms);
    EXPECT_TRUE(has([&] { return problem("report").find(GetParam().problem) != std::string::npos; }))
        << testing::PrintToString(problems.all());
    EXPECT_TRUE(has([&] { return handshakes() >= 3; }));
    loop.with([](auto& state) { state.ack = test::FakeSocketIoLoopState().ack; });
    EXPECT_TRUE(has([&] { return problems.all().empty(); }));
}

} // namespace
} // namespace learning_loop
