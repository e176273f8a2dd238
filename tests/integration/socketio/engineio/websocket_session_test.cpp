// Sessions over a WebSocket: the heartbeat, the upgrade, clients that send nonsense or take nothing.
#include "integration/socketio/engineio/engine_fixture.h"
#include "support/live_memory.h"

#include <thread>

namespace learning_loop::engineio {
namespace {

using namespace std::chrono_literals;
using test::close_payload;
using test::Frame;
using test::Opcode;
using test::RawEngineIo;
using test::RawPolling;
using test::RawWebSocket;

constexpr std::uint16_t normal = 1000;
constexpr std::uint16_t going_away = 1001;
constexpr std::uint16_t protocol_error = 1002;
constexpr std::uint16_t policy_violation = 1008;
constexpr std::uint16_t too_big = 1009;
constexpr std::uint16_t try_again_later = 1013;
constexpr double mib = 1024 * 1024;

struct WebSocketSessionTest : EngineFixture {
    void shorten_heartbeat()
    {
        session.ping_interval = 50ms;
        session.ping_timeout = 100ms;
    }

    /// A WebSocket that wants to become that session's.
    RawWebSocket probe(RawPolling const& client) { return {port(), client.target("websocket")}; }
};

std::string text_of(std::optional<Frame> const& frame)
{
    return frame && frame->opcode == Opcode::text ? frame->payload : "no text";
}

TEST_F(WebSocketSessionTest, carries_texts_and_bytes)
{
    RawEngineIo client(port(), path);
    EXPECT_EQ(client.opening().front(), '0');
    EXPECT_NE(client.opening().find(R"("upgrades":[])"), std::string::npos);
    client.send("4hello");
    EXPECT_EQ(client.next(), "4hello");
    client.send_bytes(std::string("\0\x1e\xff", 3));
    EXPECT_EQ(client.next(), "b" + std::string("\0\x1e\xff", 3));
    client.send("4");
    EXPECT_EQ(client.next(), "4");
}

TEST_F(WebSocketSessionTest, a_packet_that_is_none_ends_the_session)
{
    for (std::string const packet : {"", "7", "9", "x", "{}", "0{}", "2", "2probe", "5", "-1", " 4"}) {
        RawEngineIo client(port(), path);
        client.send(packet);
        EXPECT_EQ(client.socket().close_code(), protocol_error) << packet;
        EXPECT_TRUE(client.socket().connection().closed());
    }
    EXPECT_TRUE(has_sessions(0));
    expect_healthy();
}

TEST_F(WebSocketSessionTest, a_message_longer_than_told_ends_the_session)
{
    session.max_payload = 1000;
    RawEngineIo client(port(), path);
    client.send("4" + std::string(999, 'x'));
    EXPECT_EQ(client.next(), "4" + std::string(999, 'x'));
    client.send("4" + std::string(1000, 'x'));
    EXPECT_EQ(client.socket().close_code(), too_big);
    EXPECT_TRUE(has_sessions(0));
}

TEST_F(WebSocketSessionTest, a_message_beyond_the_budget_ends_the_session)
{
    options.max_body_bytes_in_memory = 100'000;
    RawEngineIo client(port(), path);
    client.send_bytes(std::string(200'000, 'x'));
    EXPECT_EQ(client.socket().close_code(), try_again_later);
    EXPECT_TRUE(closed.come("too many large messages at once"));
    expect_healthy();
}

TEST_F(WebSocketSessionTest, a_client_may_say_goodbye_in_both_ways)
{
    RawEngineIo by_packet(port(), path);
    by_packet.send("1");
    EXPECT_EQ(by_packet.socket().close_code(), normal);
    EXPECT_TRUE(closed.come("closed by the client"));
    RawEngineIo by_frame(port(), path);
    by_frame.socket().send({Opcode::close, close_payload(1001)});
    EXPECT_EQ(by_frame.socket().close_code(), 1001);
    EXPECT_TRUE(closed.come("closed by the peer, code 1001"));
}

TEST_F(WebSocketSessionTest, a_client_that_answers_pings_stays)
{
    shorten_heartbeat();
    session.ping_timeout = 5s;
    RawEngineIo client(port(), path);
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(text_of(client.socket().read()), "2");
        client.send("3");
    }
    EXPECT_EQ(sessions(), 1U);
}

TEST_F(WebSocketSessionTest, a_client_that_answers_no_ping_is_let_go)
{
    shorten_heartbeat();
    RawEngineIo client(port(), path);
    EXPECT_EQ(client.socket().close_code(), normal);
    EXPECT_TRUE(closed.come("ping timeout"));
    EXPECT_TRUE(has_no_connections());
}

TEST_F(WebSocketSessionTest, pings_of_the_websocket_are_no_heartbeat)
{
    shorten_heartbeat();
    RawEngineIo client(port(), path);
    std::jthread const flood([&](std::stop_token const& stop) {
        std::string pings;
        for (int i = 0; i < 100; ++i) pings += test::bytes_of({Opcode::ping, "x"});
        while (!stop.stop_requested() && client.socket().connection().send(pings)) {
        }
    });
    EXPECT_TRUE(closed.come("ping timeout"));
    EXPECT_TRUE(has_no_connections()); // though it took none of the pongs
}

TEST_F(WebSocketSessionTest, a_frame_that_is_announced_and_does_not_come_ends_with_the_heartbeat)
{
    shorten_heartbeat();
    auto const begin = [&](std::string const& some) {
        RawEngineIo client(port(), path);
        client.socket().send({Opcode::binary, some, true, 0, true, session.max_payload});
        EXPECT_EQ(client.socket().close_code(), normal);
        EXPECT_TRUE(has_no_connections());
    };
    begin("");
    begin("some of it");
    EXPECT_EQ(closed.count("ping timeout"), 2U);
}

TEST_F(WebSocketSessionTest, fragments_of_nothing_end_with_the_heartbeat)
{
    shorten_heartbeat();
    RawEngineIo client(port(), path);
    client.socket().send({Opcode::binary, "", false});
    auto const nothing = test::bytes_of({Opcode::continuation, "", false});
    while (client.socket().connection().send(nothing)) {
    }
    EXPECT_TRUE(closed.come("ping timeout"));
    EXPECT_TRUE(has_no_connections());
}

TEST_F(WebSocketSessionTest, a_client_that_takes_nothing_is_let_go_and_costs_nothing)
{
    if (!test::memory_tells_something()) GTEST_SKIP() << "the allocator does not tell what is allocated";
    session.max_queued_bytes = 4 << 20;
    expect_healthy();
    ASSERT_TRUE(has_no_connections());
    auto const before = test::memory_bytes();
    RawEngineIo client(port(), path, test::small_receive_buffer);
    auto const sid = test::sid_in(client.opening());
    double most = 0;
    for (int i = 0; i < 1000 && sessions() == 1; ++i) {
        send(sid, std::string(64 << 10, 'x'), 4);
        most = std::max(most, test::memory_bytes() - before);
    }
    EXPECT_TRUE(closed.come("the client takes too little of what it is sent"));
    EXPECT_TRUE(has_no_connections()); // within about a second, though it does not take the close frame either
    std::printf("a client that takes nothing: at most %.1f MiB, %.2f MiB left\n", most / mib,
                (test::memory_bytes() - before) / mib);
    EXPECT_LE(most, 8 * mib);
    EXPECT_LE(test::memory_bytes() - before, test::memory_noise);
}

TEST_F(WebSocketSessionTest, small_messages_that_nobody_takes_count_for_what_they_cost)
{
    if (!test::memory_tells_something()) GTEST_SKIP() << "the allocator does not tell what is allocated";
    session.max_queued_bytes = 4 << 20;
    expect_healthy();
    auto const before = test::memory_bytes();
    RawPolling client(port(), path);
    double most = 0;
    std::string batch = "4x";
    for (int i = 1; i < 10'000; ++i)
        batch += "\x1e"
                 "4x";
    for (int i = 0; i < 200 && client.post(batch).status == 200; ++i)
        most = std::max(most, test::memory_bytes() - before);
    EXPECT_TRUE(closed.come("the client takes too little of what it is sent"));
    std::printf("small messages: at most %.1f MiB\n", most / mib);
    EXPECT_LE(most, 16 * mib);
}

TEST_F(WebSocketSessionTest, a_session_turns_to_a_websocket_and_loses_nothing)
{
    RawPolling client(port(), path);
    client.ask();
    auto socket = std::make_unique<RawWebSocket>(port(), client.target("websocket"));
    socket->send_text("2probe");
    EXPECT_EQ(text_of(socket->read()), "3probe");
    EXPECT_EQ(client.response().body, "6"); // the poll that waits is sent home
    EXPECT_EQ(client.post("4while it turns").body, "ok");
    socket->send_text("5");
    EXPECT_EQ(text_of(socket->read()), "4while it turns");
    socket->send_text("4after it");
    EXPECT_EQ(text_of(socket->read()), "4after it");
    EXPECT_EQ(client.poll().status, 400);
    EXPECT_EQ(client.post("4late").status, 400);
    EXPECT_EQ(sessions(), 1U);
}

TEST_F(WebSocketSessionTest, a_second_upgrade_is_refused_and_does_the_first_no_harm)
{
    RawPolling client(port(), path);
    auto first = probe(client);
    first.send_text("2probe");
    EXPECT_EQ(text_of(first.read()), "3probe");
    auto second = probe(client);
    EXPECT_EQ(second.close_code(), policy_violation);
    first.send_text("5");
    first.send_text("4hello");
    EXPECT_EQ(text_of(first.read()), "4hello");
    auto third = probe(client);
    EXPECT_EQ(third.close_code(), policy_violation);
    first.send_text("4again");
    EXPECT_EQ(text_of(first.read()), "4again");
}

TEST_F(WebSocketSessionTest, a_poll_that_is_sent_after_the_upgrade_is_refused_also_if_both_come_at_once)
{
    RawPolling client(port(), path);
    auto socket = probe(client);
    std::promise<void> everything_is_sent;
    boost::asio::post(server->executor(), [&] { everything_is_sent.get_future().wait(); });
    socket.send_text("2probe");
    socket.send_text("5");
    client.ask();
    everything_is_sent.set_value();
    EXPECT_EQ(client.response().status, 400);
    EXPECT_EQ(text_of(socket.read()), "3probe");
}

TEST_F(WebSocketSessionTest, an_upgrade_that_is_none_is_dropped_and_polling_goes_on)
{
    RawPolling client(port(), path);
    for (std::string const first : {"2", "2other", "5", "3probe", "4hello", "", "x"}) {
        auto socket = probe(client);
        socket.send_text(first);
        EXPECT_EQ(socket.close_code(), policy_violation) << first;
    }
    auto bytes = probe(client);
    bytes.send_binary("2probe");
    EXPECT_EQ(bytes.close_code(), policy_violation);
    auto twice = probe(client);
    twice.send_text("2probe");
    twice.send_text("2probe");
    EXPECT_EQ(twice.close_code(), policy_violation);
    EXPECT_EQ(client.post("4hello").body, "ok");
    EXPECT_EQ(client.poll().body, "4hello");
}

TEST_F(WebSocketSessionTest, an_upgrade_that_is_not_completed_is_dropped)
{
    session.upgrade_timeout = 100ms;
    RawPolling client(port(), path);
    auto silent = probe(client);
    EXPECT_EQ(silent.close_code(), policy_violation);
    auto half = probe(client);
    half.send_text("2probe");
    EXPECT_EQ(half.close_code(), policy_violation);
    {
        auto gone = probe(client);
    }
    EXPECT_EQ(client.post("4hello").body, "ok");
    EXPECT_EQ(client.poll().body, "4hello");
}

TEST_F(WebSocketSessionTest, a_session_that_ends_takes_its_upgrade_with_it)
{
    RawPolling client(port(), path);
    auto socket = probe(client);
    socket.send_text("2probe");
    EXPECT_EQ(text_of(socket.read()), "3probe");
    client.post("1");
    EXPECT_EQ(socket.close_code(), normal);
    EXPECT_TRUE(has_sessions(0));
}

TEST_F(WebSocketSessionTest, a_server_that_finishes_says_goodbye)
{
    std::vector<std::unique_ptr<RawEngineIo>> clients;
    for (int i = 0; i < 20; ++i) clients.push_back(std::make_unique<RawEngineIo>(port(), path));
    RawPolling polling(port(), path);
    auto turning = probe(polling);
    turning.send_text("2probe");
    EXPECT_EQ(text_of(turning.read()), "3probe");
    auto const finished = server->finish(1s);
    for (auto const& client : clients) {
        EXPECT_EQ(text_of(client->socket().read()), "1");
        EXPECT_EQ(client->socket().close_code(), going_away);
    }
    EXPECT_EQ(turning.close_code(), going_away);
    EXPECT_EQ(finished.wait_for(10s), std::future_status::ready);
    EXPECT_EQ(closed.count("the server ends"), 21U);
}

TEST_F(WebSocketSessionTest, clients_that_come_and_go_leave_nothing)
{
    if (!test::memory_tells_something()) GTEST_SKIP() << "the allocator does not tell what is allocated";
    for (int i = 0; i < 20; ++i) expect_healthy();
    ASSERT_TRUE(has_no_connections());
    auto const memory = test::memory_bytes();
    auto const descriptors = test::open_descriptors();
    for (int i = 0; i < 1000; ++i) expect_healthy();
    ASSERT_TRUE(has_no_connections());
    std::printf("1000 one after another: %.2f MiB left\n", (test::memory_bytes() - memory) / mib);
    EXPECT_LE(test::memory_bytes() - memory, test::memory_noise);
    std::vector<std::unique_ptr<RawEngineIo>> clients;
    for (int i = 0; i < 200; ++i) clients.push_back(std::make_unique<RawEngineIo>(port(), path));
    auto const each = (test::memory_bytes() - memory) / 200;
    for (auto const& client : clients) {
        client->send("4hello");
        EXPECT_EQ(client->next(), "4hello");
    }
    clients.clear();
    ASSERT_TRUE(has_no_connections());
    EXPECT_TRUE(has_sessions(0));
    std::printf("200 at once: %.1f KiB each, %.2f MiB left\n", each / 1024, (test::memory_bytes() - memory) / mib);
    EXPECT_LE(each, 64 * 1024);
    EXPECT_LE(test::memory_bytes() - memory, test::memory_noise);
    EXPECT_EQ(test::open_descriptors(), descriptors);
}

} // namespace
} // namespace learning_loop::engineio
