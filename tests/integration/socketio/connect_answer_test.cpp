// The answer to a CONNECT reaches the client alone, although the server sends an event at once.
#include "integration/socketio/socketio_fixture.h"

namespace learning_loop::socketio {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t going_away = 1001;
constexpr std::uint16_t policy_violation = 1008;

struct ConnectAnswerTest : SocketIoFixture {
    ConnectAnswerTest()
    {
        more = [](Server& started) {
            started.of("/").connected = [&started](PeerPtr const& peer) {
                started.emit(peer, "hello", Arguments::of(1));
            };
        };
    }

    void pause_without_end() { socketio_options.engine.pause = 24h; }
};

TEST_F(ConnectAnswerTest, is_followed_by_the_event_a_moment_later)
{
    EXPECT_EQ(client()->next(), R"(2["hello",1])");
}

TEST_F(ConnectAnswerTest, comes_alone_although_the_server_sends_an_event_at_once)
{
    pause_without_end();
    auto const peer = client();
    client(); // who is served after the first one, to whom everything that does not wait is sent by now
    EXPECT_FALSE(peer->engine().socket().connection().has_bytes());
}

TEST_F(ConnectAnswerTest, is_no_reason_to_wait_with_a_close)
{
    pause_without_end();
    auto const peer = client();
    auto const finished = server->finish(1s);
    EXPECT_EQ(peer->next(), R"(2["hello",1])");
    EXPECT_EQ(peer->next(), "1");
    EXPECT_EQ(peer->close_code(), going_away);
    EXPECT_EQ(finished.wait_for(10s), std::future_status::ready);
}

TEST_F(ConnectAnswerTest, leaves_nothing_behind_when_the_client_goes_before_the_event)
{
    pause_without_end();
    client();
    EXPECT_TRUE(has_no_sockets());
}

TEST_F(ConnectAnswerTest, lets_no_more_wait_behind_it_than_may_wait_otherwise)
{
    pause_without_end();
    socketio_options.engine.max_queued_bytes = 10'000;
    more = [](Server& started) {
        started.of("/").connected = [&started](PeerPtr const& peer) {
            for (int i = 0; i < 20; ++i) started.emit(peer, "long", Arguments::of(std::string(1000, 'x')));
        };
    };
    EXPECT_EQ(client()->close_code(), policy_violation);
}

TEST_F(ConnectAnswerTest, shares_its_payload_when_the_client_polls)
{
    pause_without_end();
    test::RawPolling polling(port(), "/socket.io");
    EXPECT_EQ(polling.post("40").body, "ok");
    auto const payload = polling.poll().body;
    EXPECT_TRUE(payload.starts_with(R"(40{"sid":")")) << payload;
    EXPECT_TRUE(payload.ends_with(std::string(1, test::payload_separator) + R"(42["hello",1])")) << payload;
}

} // namespace
} // namespace learning_loop::socketio
