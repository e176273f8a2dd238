// RFC 6455 over a real socket: what a sound client gets, and the code that each unsound one is told.
#include "integration/http/websocket/websocket_fixture.h"

#include <thread>

namespace learning_loop::http {
namespace {

using namespace std::chrono_literals;
using test::close_payload;
using test::Frame;
using test::handshake;
using test::Opcode;
using test::RawConnection;
using test::RawWebSocket;

constexpr std::uint16_t protocol_error = 1002;
constexpr std::uint16_t normal = 1000;
constexpr std::uint16_t bad_text = 1007;
constexpr std::uint16_t too_big = 1009;
constexpr std::uint16_t try_again_later = 1013;

/// A text in pieces of one byte, the first `count` of them.
std::string in_single_bytes(std::string const& text, Opcode first = Opcode::text)
{
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bytes += test::bytes_of(
            {i == 0 ? first : Opcode::continuation, text.substr(i, 1), i + 1 == text.size(), 0, true, {}});
    }
    return bytes;
}

struct WebSocketTest : WebSocketFixture {};

TEST_F(WebSocketTest, sends_back_texts_and_bytes)
{
    RawWebSocket client(port(), "/ws");
    EXPECT_EQ(client.handshake_response().status, 101);
    // The key and its answer are those of RFC 6455, section 1.3.
    EXPECT_NE(client.handshake_response().head.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
              std::string::npos);
    expect_echo(client, "");
    expect_echo(client, "\xc3\xa4 and \xf0\x9f\x90\x9e");
    client.send_binary(std::string("\0\xff\x80", 3));
    auto const frame = client.read();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->opcode, Opcode::binary);
    EXPECT_EQ(frame->payload, std::string("\0\xff\x80", 3));
    EXPECT_FALSE(frame->is_masked);
}

TEST_F(WebSocketTest, a_message_may_have_its_full_length_and_no_byte_more)
{
    RawWebSocket client(port(), "/ws");
    expect_echo(client, std::string(1000, 'x'));
    expect_echo(client, std::string(1000, 'y'));
    EXPECT_EQ(code_after({Opcode::text, std::string(1001, 'x')}), too_big);
    EXPECT_EQ(code_after({Opcode::binary, std::string(100'000, 'x')}), too_big);
    expect_echo(client);
}

TEST_F(WebSocketTest, a_message_in_fragments_has_the_same_limit)
{
    RawWebSocket client(port(), "/ws");
    std::string const half(500, 'x');
    client.send({Opcode::text, half, false});
    client.send({Opcode::continuation, "", false});
    client.send({Opcode::continuation, half});
    EXPECT_EQ(client.read().value_or(Frame()).payload, half + half);
    client.send({Opcode::text, half, false});
    client.send({Opcode::continuation, half, false});
    client.send({Opcode::continuation, "x"});
    EXPECT_EQ(client.close_code(), too_big);
}

TEST_F(WebSocketTest, a_length_is_refused_before_anything_of_it_comes)
{
    for (auto const length : {std::uint64_t(1001), std::uint64_t(1) << 32U, std::uint64_t(1) << 63U, UINT64_MAX}) {
        auto const bytes = test::bytes_of({Opcode::binary, "", true, 0, true, length});
        EXPECT_EQ(code_after(bytes), too_big) << length;
        auto const more = test::bytes_of({Opcode::binary, "x", false}) +
                          test::bytes_of({Opcode::continuation, "", true, 0, true, length});
        EXPECT_EQ(code_after(more), too_big) << length;
    }
}

TEST_F(WebSocketTest, what_is_no_websocket_is_told_1002)
{
    struct Case {
        char const* what;
        std::string bytes;
    };
    auto const frame = [](Frame const& one) { return test::bytes_of(one); };
    std::string const head_of_text(1, '\x81');
    std::vector<Case> cases{
        {"no mask", frame({Opcode::text, "x", true, 0, false, {}})},
        {"a ping in fragments", frame({Opcode::ping, "x", false})},
        {"a close in fragments", frame({Opcode::close, close_payload(1000), false})},
        {"a long ping", frame({Opcode::ping, std::string(126, 'x')})},
        {"a long close", frame({Opcode::close, close_payload(1000, std::string(124, 'x'))})},
        {"a continuation of nothing", frame({Opcode::continuation, "x"})},
        {"a text within a text", frame({Opcode::text, "x", false}) + frame({Opcode::text, "x"})},
        {"a continuation after the last", frame({Opcode::text, "x"}) + frame({Opcode::continuation, "x"})},
        {"a short length in 2 bytes", head_of_text + std::string("\xfe\x00\x05\0\0\0\0hello", 13)},
        {"a short length in 8 bytes", head_of_text + std::string("\xff\0\0\0\0\0\0\0\x05\0\0\0\0hello", 19)},
        {"half a close code", frame({Opcode::close, "\x03"})}};
    for (unsigned reserved : {1U, 2U, 4U, 7U})
        cases.push_back({"reserved bits", frame({Opcode::text, "x", true, reserved, true, {}})});
    for (unsigned opcode : {3U, 4U, 5U, 6U, 7U, 11U, 12U, 13U, 14U, 15U})
        cases.push_back({"a reserved opcode", frame({static_cast<Opcode>(opcode), ""})});
    for (auto const& one : cases) EXPECT_EQ(code_after(one.bytes), protocol_error) << one.what;
}

TEST_F(WebSocketTest, a_text_that_is_not_utf8_is_told_1007_wherever_it_is_cut)
{
    for (std::string const text : {"\xc0\xaf", "a\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "abc\x80", "\xe2\x82"}) {
        EXPECT_EQ(code_after({Opcode::text, text}), bad_text) << testing::PrintToString(text);
        for (std::size_t cut = 1; cut < text.size(); ++cut) {
            auto const bytes = test::bytes_of({Opcode::text, text.substr(0, cut), false}) +
                               test::bytes_of({Opcode::continuation, text.substr(cut)});
            EXPECT_EQ(code_after(bytes), bad_text) << testing::PrintToString(text) << " cut at " << cut;
        }
    }
    RawWebSocket client(port(), "/ws");
    client.connection().send(in_single_bytes("\xf0\x9f\x90\x9e")); // sound, though cut
    EXPECT_EQ(client.read().value_or(Frame()).payload, "\xf0\x9f\x90\x9e");
}

TEST_F(WebSocketTest, a_close_of_the_client_is_answered_with_its_code)
{
    for (std::uint16_t const code :
         std::initializer_list<std::uint16_t>{1000, 1001, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999}) {
        EXPECT_EQ(code_after({Opcode::close, close_payload(code, "why")}), code);
        EXPECT_TRUE(why_closed.come("closed by the peer, code " + std::to_string(code)));
    }
    EXPECT_EQ(code_after({Opcode::close, ""}), normal);
}

TEST_F(WebSocketTest, a_close_code_that_may_not_be_sent_is_told_1002)
{
    for (std::uint16_t const code :
         std::initializer_list<std::uint16_t>{0, 1, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999})
        EXPECT_EQ(code_after({Opcode::close, close_payload(code)}), protocol_error) << code;
}

TEST_F(WebSocketTest, nothing_is_taken_after_the_close_of_the_client)
{
    RawWebSocket client(port(), "/ws");
    client.connection().send(test::bytes_of({Opcode::close, close_payload(1000)}) +
                             test::bytes_of({Opcode::text, "late"}));
    auto const frame = client.read();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->opcode, Opcode::close);
    EXPECT_TRUE(client.connection().closed());
}

TEST_F(WebSocketTest, pings_are_answered_also_between_fragments)
{
    RawWebSocket client(port(), "/ws");
    client.send({Opcode::text, "hel", false});
    client.send({Opcode::ping, std::string(125, 'p')});
    client.send({Opcode::pong, "nobody asked"});
    client.send({Opcode::continuation, "lo"});
    auto const pong = client.read().value_or(Frame());
    EXPECT_EQ(pong.opcode, Opcode::pong);
    EXPECT_EQ(pong.payload, std::string(125, 'p'));
    EXPECT_EQ(client.read().value_or(Frame()).payload, "hello");
}

TEST_F(WebSocketTest, a_flood_of_pings_is_answered_one_by_one)
{
    constexpr int pings = 10'000;
    RawWebSocket client(port(), "/ws");
    std::string flood;
    for (int i = 0; i < pings; ++i) flood += test::bytes_of({Opcode::ping, std::to_string(i)});
    std::jthread const sender([&] { client.connection().send(flood + test::bytes_of({Opcode::text, "hello"})); });
    int pongs = 0;
    for (auto frame = client.read(); frame && frame->opcode == Opcode::pong; frame = client.read()) ++pongs;
    EXPECT_EQ(pongs, pings);
    expect_echo(client);
}

TEST_F(WebSocketTest, the_first_frame_may_come_with_the_handshake)
{
    RawConnection client(port());
    client.send(handshake("/ws") + test::bytes_of({Opcode::text, "early"}) +
                test::bytes_of({Opcode::text, "too"}).substr(0, 3));
    EXPECT_EQ(client.response().status, 101);
    EXPECT_EQ(client.take(7), "\x81\x05"
                              "early");
    client.send(test::bytes_of({Opcode::text, "too"}).substr(3));
    EXPECT_EQ(client.take(5), "\x81\x03too");
}

TEST_F(WebSocketTest, a_websocket_may_follow_a_request_on_its_connection)
{
    RawConnection client(port());
    expect_serves(client);
    client.send(handshake("/ws"));
    EXPECT_EQ(client.response().status, 101);
}

TEST_F(WebSocketTest, a_handshake_that_is_none_is_refused_and_seen)
{
    struct Case {
        char const* what;
        std::string cut;
        std::string put;
        int status;
    };
    std::string const sound = handshake("/ws");
    for (auto const& one : std::vector<Case>{
             {"an old version", "Version: 13", "Version: 8", 426},
             {"no version", "Sec-WebSocket-Version: 13\r\n", "", 426},
             {"no key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 400},
             {"a key that is too long", "dGhl", std::string(1000, 'A'), 400},
             {"no upgrade", "Upgrade: websocket\r\n", "", 400},
             {"an upgrade to something else", "websocket", "h2c", 400},
             {"a connection that stays", "Connection: Upgrade", "Connection: keep-alive", 400},
             {"HTTP/1.0", "HTTP/1.1", "HTTP/1.0", 400},
         }) {
        auto bytes = sound;
        bytes.replace(bytes.find(one.cut), one.cut.size(), one.put);
        RawConnection client(port());
        client.send(bytes + std::string(200'000, 'x')); // who still sends is reset if the server just closes
        EXPECT_EQ(client.response().status, one.status) << one.what;
        EXPECT_TRUE(client.closed()) << one.what;
    }
    EXPECT_EQ(ask("POST" + sound.substr(3)).status, 405);
    EXPECT_EQ(metric(R"(http_requests_total{method="GET",route="/ws",status="101"})"), "");
    EXPECT_EQ(metric(R"(http_requests_total{method="GET",route="/ws",status="426"})"), "2");
}

TEST_F(WebSocketTest, a_websocket_counts_as_one_answered_request)
{
    RawWebSocket client(port(), "/ws");
    expect_echo(client);
    EXPECT_EQ(metric(R"(http_requests_total{method="GET",route="/ws",status="101"})"), "1");
    EXPECT_EQ(metric("http_connections"), "1");
}

TEST_F(WebSocketTest, only_pages_of_this_server_and_those_allowed_may_open_one)
{
    options.allowed_origins = {"https://friend.example"};
    auto const status_for = [&](std::string const& origin) {
        return RawWebSocket(port(), "/ws", "Origin: " + origin + "\r\n").handshake_response().status;
    };
    for (auto const* foreign : {"https://evil.example", "null", "http://localhost.evil.example", "localhost",
                                "https://friend.example.evil.example", "http://friend.example"})
        EXPECT_EQ(status_for(foreign), 403) << foreign;
    EXPECT_EQ(status_for("http://localhost"), 101);
    EXPECT_EQ(status_for("https://friend.example"), 101);
    RawConnection rebound(port()); // a name that its owner lets point to this machine
    rebound.send("GET /ws HTTP/1.1\r\nHost: evil.example\r\n" + handshake("/").substr(33));
    EXPECT_EQ(rebound.response().status, 403);
}

TEST_F(WebSocketTest, messages_share_the_budget_of_bodies)
{
    options.max_body_bytes_in_memory = 100'000;
    max_message_bytes = 10'000'000;
    for (int i = 0; i < 3; ++i) {
        RawWebSocket client(port(), "/ws");
        expect_echo(client, std::string(90'000, 'x'));
        client.send_text(std::string(200'000, 'x'));
        EXPECT_EQ(client.close_code(), try_again_later);
        EXPECT_TRUE(test::eventually([&] { return metric("http_body_budget_free_bytes") == "100000"; }));
    }
    EXPECT_EQ(why_closed.count("too many large messages at once"), 3U);
}

TEST_F(WebSocketTest, a_message_that_stalls_holds_its_share_until_its_client_leaves)
{
    options.max_body_bytes_in_memory = 200'000;
    max_message_bytes = 190'000;
    auto const free_bytes = [&] { return std::stod(metric("http_body_budget_free_bytes")); };
    {
        RawWebSocket stalled(port(), "/ws");
        stalled.send({Opcode::binary, std::string(80'000, 'x'), false});
        ASSERT_TRUE(test::eventually([&] { return free_bytes() <= 120'000; }));
        EXPECT_EQ(code_after({Opcode::binary, std::string(150'000, 'x')}), try_again_later);
    }
    EXPECT_TRUE(test::eventually([&] { return free_bytes() == 200'000; }));
    RawWebSocket next(port(), "/ws");
    expect_echo(next, std::string(150'000, 'x'));
}

TEST_F(WebSocketTest, who_sends_little_of_a_long_message_holds_little_of_the_budget)
{
    options.max_body_bytes_in_memory = 1'000'000;
    max_message_bytes = 900'000;
    std::vector<std::unique_ptr<RawWebSocket>> clients;
    for (int i = 0; i < 30; ++i) {
        clients.push_back(std::make_unique<RawWebSocket>(port(), "/ws"));
        clients.back()->send({Opcode::binary, std::string(5000, 'x'), true, 0, true, 900'000});
    }
    auto const held = [&] { return 1'000'000 - std::stod(metric("http_body_budget_free_bytes")); };
    ASSERT_TRUE(test::eventually([&] { return held() >= 30 * 5000; }));
    EXPECT_LE(held(), 30 * 20'000);
    expect_echo(*std::make_unique<RawWebSocket>(port(), "/ws"), std::string(100'000, 'x'));
}

TEST_F(WebSocketTest, a_client_that_does_not_answer_a_close_is_gone_soon)
{
    RawWebSocket silent(port(), "/ws/bye");
    RawWebSocket talking(port(), "/ws/bye");
    silent.send_text("bye");
    talking.send_text("bye");
    std::jthread const talk([&](std::stop_token const& stop) {
        while (!stop.stop_requested() && talking.send_text(std::string(1000, 'x'))) {
        }
    });
    EXPECT_TRUE(has_connections(0, 5s)); // a second is what they get
    EXPECT_EQ(silent.close_code(), normal);
}

TEST_F(WebSocketTest, a_client_that_breaks_the_rules_and_stays_is_gone_soon)
{
    RawWebSocket client(port(), "/ws");
    client.send({Opcode::text, "x", true, 0, false, {}});
    EXPECT_TRUE(has_connections(0, 5s));
    EXPECT_EQ(client.close_code(), protocol_error);
}

TEST_F(WebSocketTest, a_client_that_leaves_without_a_word_is_noticed)
{
    {
        RawWebSocket client(port(), "/ws");
        expect_echo(client);
        client.send({Opcode::text, "half", false});
    }
    EXPECT_TRUE(has_connections(0));
}

TEST_F(WebSocketTest, a_server_that_finishes_ends_its_websockets)
{
    std::vector<std::unique_ptr<RawWebSocket>> clients;
    for (int i = 0; i < 50; ++i) {
        clients.push_back(std::make_unique<RawWebSocket>(port(), "/ws", "", test::small_receive_buffer));
        expect_echo(*clients.back());
        if (i % 2 == 0) clients.back()->send({Opcode::text, "half", false});
    }
    auto const finished = server->finish(0ms);
    EXPECT_EQ(finished.wait_for(5s), std::future_status::ready);
    for (auto const& client : clients) EXPECT_TRUE(client->connection().closed());
}

} // namespace
} // namespace learning_loop::http
