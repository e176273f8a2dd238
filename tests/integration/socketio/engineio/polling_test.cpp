// Long-polling over a real socket: payloads, requests that are none, sessions that are not there.
#include "integration/socketio/engineio/engine_fixture.h"

#include <cmath>
#include <set>

namespace learning_loop::engineio {
namespace {

using namespace std::chrono_literals;
using test::RawConnection;
using test::RawPolling;
using test::RawWebSocket;

std::string payload(std::string const& packet, int count)
{
    std::string payload;
    for (int i = 0; i < count; ++i) {
        if (i > 0) payload += test::payload_separator;
        payload += packet;
    }
    return payload;
}

std::string request(std::string const& method, std::string const& target, std::string const& headers = "")
{
    return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

struct PollingTest : EngineFixture {
    /// Expects that such a payload is refused and ends its session.
    void expect_refused(std::string const& payload)
    {
        RawPolling client(port(), path);
        auto const answer = client.post(payload);
        EXPECT_EQ(answer.status, 400) << testing::PrintToString(payload.substr(0, 50));
        EXPECT_NE(client.poll().body.find("Session ID unknown"), std::string::npos);
    }
};

TEST_F(PollingTest, a_session_opens_and_carries_texts_and_bytes)
{
    RawPolling client(port(), path);
    EXPECT_EQ(client.opening().status, 200);
    EXPECT_EQ(client.opening().body.front(), '0');
    EXPECT_NE(client.opening().body.find(R"("upgrades":["websocket"])"), std::string::npos);
    EXPECT_EQ(client
                  .post("4hello\x1e"
                        "bAAH/\x1e"
                        "4")
                  .body,
              "ok");
    EXPECT_EQ(client.poll().body, "4hello\x1e"
                                  "bAAH/\x1e"
                                  "4");
}

TEST_F(PollingTest, an_answer_has_at_most_16_packets)
{
    RawPolling client(port(), path);
    send(client.sid(), "x", 16);
    EXPECT_EQ(client.poll().body, payload("4x", 16));
    send(client.sid(), "x", 17);
    EXPECT_EQ(client.poll().body, payload("4x", 16));
    EXPECT_EQ(client.poll().body, "4x");
}

TEST_F(PollingTest, a_payload_has_at_most_10000_packets)
{
    is_echo = false;
    RawPolling client(port(), path);
    for (int const count : {1, 16, 17, 10'000}) {
        received = 0;
        EXPECT_EQ(client.post(payload("4x", count)).status, 200);
        EXPECT_EQ(received, count);
    }
    expect_refused(payload("4x", 10'001));
}

TEST_F(PollingTest, a_payload_that_is_none_ends_its_session)
{
    for (std::string const bytes : {"", "\x1e", "4a\x1e",
                                    "\x1e"
                                    "4a",
                                    "4a\x1e\x1e"
                                    "4b",
                                    "b!!!!", "bAAA", "b=AAA", "bA===", "bAA=A", "b AAA", "7", "9x", "x", "4\xff",
                                    "4a\x1e"
                                    "4\xc0\xaf",
                                    "4ok\x1e"
                                    "8"})
        expect_refused(bytes);
    expect_refused("bAAAA" + std::string(1, '\0') + "AAA");
    expect_healthy();
}

TEST_F(PollingTest, a_packet_that_only_servers_send_ends_its_session)
{
    for (std::string const packet : {"0{}", "2", "2probe", "5", "2:4\xc2\xbc"}) { // the last is of version 3
        RawPolling client(port(), path);
        EXPECT_EQ(client.post(packet).body, "ok");
        EXPECT_EQ(client.poll().status, 400) << packet;
    }
    EXPECT_TRUE(has_sessions(0));
}

TEST_F(PollingTest, a_payload_longer_than_told_is_413)
{
    session.max_payload = 1000;
    RawPolling client(port(), path);
    EXPECT_NE(client.opening().body.find(R"("maxPayload":1000)"), std::string::npos);
    EXPECT_EQ(client.post("4" + std::string(999, 'x')).status, 200);
    EXPECT_EQ(client.post("4" + std::string(1000, 'x')).status, 413);
    EXPECT_EQ(client.poll().body.size(), 1000U); // the session lives on
}

TEST_F(PollingTest, a_session_that_is_not_there_is_told)
{
    RawPolling gone(port(), path);
    EXPECT_EQ(gone.post("1").status, 200);
    for (std::string const& sid : {gone.sid(), std::string("x"), std::string(22, 'A'), std::string(5000, 'A')}) {
        for (std::string const method : {"GET", "POST"}) {
            auto const answer = ask(request(method, test::engine_target(path, "polling", sid)));
            EXPECT_EQ(answer.status, 400);
            EXPECT_EQ(answer.body, R"({"code":1,"message":"Session ID unknown"})");
        }
        EXPECT_EQ(RawWebSocket(port(), test::engine_target(path, "websocket", sid)).handshake_response().status, 400);
    }
}

TEST_F(PollingTest, a_request_that_is_none_is_told_what_is_wrong)
{
    struct Case {
        std::string method;
        std::string query;
        std::string told;
    };
    for (auto const& one : std::vector<Case>{{"GET", "EIO=4&transport=polling&j=0", R"({"code":3,)"},
                                             {"GET", "EIO=4", R"({"code":0,)"},
                                             {"GET", "EIO=4&transport=flashsocket", R"({"code":0,)"},
                                             {"GET", "EIO=4&transport=__proto__", R"({"code":0,)"},
                                             {"GET", "transport=polling", R"({"code":5,)"},
                                             {"GET", "EIO=3&transport=polling", R"({"code":5,)"},
                                             {"GET", "EIO=4&transport=websocket", R"({"code":3,)"},
                                             {"POST", "EIO=4&transport=polling", R"({"code":2,)"},
                                             {"PUT", "EIO=4&transport=polling", R"({"code":2,)"},
                                             {"DELETE", "EIO=4&transport=polling", R"({"code":2,)"}}) {
        auto const answer = ask(request(one.method, std::string(path) + "/?" + one.query));
        EXPECT_EQ(answer.status, 400) << one.query;
        EXPECT_TRUE(answer.body.starts_with(one.told)) << one.method << " " << one.query << ": " << answer.body;
    }
    EXPECT_EQ(sessions(), 0U);
}

TEST_F(PollingTest, ids_are_128_bits_that_nobody_can_guess)
{
    constexpr std::size_t count = 10'000;
    RawConnection client(port());
    std::string batch;
    for (int i = 0; i < 100; ++i) batch += request("GET", test::engine_target(path, "polling"));
    std::set<std::string> sids;
    std::vector<std::set<char>> at_place(64);
    for (std::size_t i = 0; i < count; ++i) {
        if (i % 100 == 0) client.send(batch);
        auto const sid = test::sid_in(client.response().body);
        ASSERT_LE(sid.size(), at_place.size());
        for (std::size_t place = 0; place < sid.size(); ++place) at_place[place].insert(sid[place]);
        sids.insert(sid);
    }
    EXPECT_EQ(sids.size(), count);
    double bits = 0;
    for (auto const& seen : at_place) bits += seen.empty() ? 0 : std::log2(seen.size());
    EXPECT_GE(bits, 128);
}

TEST_F(PollingTest, two_polls_at_once_end_the_session)
{
    RawPolling client(port(), path);
    client.ask();
    RawConnection other(port());
    // The server may see the second first: one of both is refused, the other told that the session is over.
    other.send(request("GET", client.target("polling")));
    std::multiset<std::string> const bodies{client.response().body, other.response().body};
    EXPECT_EQ(bodies.count("1"), 1U);
    EXPECT_EQ(bodies.count(R"({"code":3,"message":"another poll of this session waits already"})"), 1U);
    EXPECT_TRUE(closed.come("two polls at once"));
}

TEST_F(PollingTest, a_client_that_polls_no_more_is_let_go)
{
    session.ping_interval = 50ms;
    session.ping_timeout = 50ms;
    RawPolling client(port(), path);
    EXPECT_EQ(client.poll().body, "2");
    EXPECT_TRUE(closed.come("ping timeout"));
    EXPECT_TRUE(has_sessions(0));
    EXPECT_EQ(client.poll().status, 400);
}

TEST_F(PollingTest, a_client_that_polls_and_answers_stays)
{
    session.ping_interval = 20ms;
    RawPolling client(port(), path);
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(client.poll().body, "2");
        EXPECT_EQ(client.post("3").body, "ok");
    }
    EXPECT_EQ(sessions(), 1U);
}

TEST_F(PollingTest, one_session_too_many_is_503)
{
    max_sessions = 2;
    RawPolling first(port(), path);
    RawPolling second(port(), path);
    EXPECT_EQ(RawPolling(port(), path).opening().status, 503);
    EXPECT_EQ(RawWebSocket(port(), test::engine_target(path, "websocket")).handshake_response().status, 503);
    first.post("1");
    EXPECT_EQ(RawPolling(port(), path).opening().status, 200);
}

TEST_F(PollingTest, only_pages_of_this_server_and_those_allowed_may_open_a_session)
{
    options.allowed_origins = {"https://friend.example"};
    EXPECT_EQ(RawPolling(port(), path, "Origin: https://evil.example\r\n").opening().status, 403);
    auto const own = RawPolling(port(), path, "Origin: http://localhost\r\n").opening();
    EXPECT_EQ(own.status, 200);
    EXPECT_EQ(own.head.find("Access-Control-Allow-Origin"), std::string::npos);
    auto const friends = RawPolling(port(), path, "Origin: https://friend.example\r\n").opening();
    EXPECT_EQ(friends.status, 200);
    EXPECT_NE(friends.head.find("\r\nAccess-Control-Allow-Origin: https://friend.example\r\n"), std::string::npos);
    for (auto const& [origin, status] :
         {std::pair("https://evil.example", 403), {"http://localhost", 101}, {"https://friend.example", 101}}) {
        RawWebSocket const client(port(), test::engine_target(path, "websocket"),
                                  "Origin: " + std::string(origin) + "\r\n");
        EXPECT_EQ(client.handshake_response().status, status) << origin;
    }
}

TEST_F(PollingTest, a_server_that_finishes_tells_those_that_wait)
{
    RawPolling client(port(), path);
    client.ask();
    send(client.sid(), "the poll waits"); // answered: so the next one comes on a connection that is in use
    EXPECT_EQ(client.response().body, "4the poll waits");
    client.ask();
    auto const finished = server->finish(1s);
    EXPECT_EQ(finished.wait_for(5s), std::future_status::ready);
    EXPECT_TRUE(closed.come("the server ends"));
}

} // namespace
} // namespace learning_loop::engineio
