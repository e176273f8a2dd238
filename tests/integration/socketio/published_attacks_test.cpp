// What was published against other servers of these protocols, replayed: this one stays, keeps nothing, and serves a
// client beside it. Payloads in the framing of Engine.IO 3 are sent as published and as Engine.IO 4 would carry them.
#include "integration/socketio/socketio_fixture.h"
#include "support/live_memory.h"

namespace learning_loop::socketio {
namespace {

using namespace std::chrono_literals;
using test::RawPolling;

constexpr std::uint16_t protocol_error = 1002;
constexpr double mib = 1024 * 1024;
constexpr double max_left = 5 * mib;

std::string repeated(std::string_view piece, int count)
{
    std::string text;
    text.reserve(piece.size() * static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) text += piece;
    return text;
}

struct PublishedAttacksTest : SocketIoFixture {
    void SetUp() override
    {
        if (!test::memory_tells_something()) GTEST_SKIP() << "the allocator does not tell what is allocated";
        options.max_body_bytes_in_memory = 256 << 20;
        healthy = client();
        expect_served(*healthy);
        before = test::memory_bytes();
    }

    void TearDown() override
    {
        if (!healthy) return;
        expect_served(*healthy);
        EXPECT_TRUE(has_connections(1));
        EXPECT_TRUE(test::eventually([&] { return test::memory_bytes() - before < max_left; }, 2s))
            << (test::memory_bytes() - before) / mib << " MiB left";
    }

    /// The status of the answer to that payload, of a session that is connected to `/`.
    int status_of(std::string const& payload)
    {
        RawPolling bad(port(), "/socket.io");
        EXPECT_EQ(bad.post("40").status, 200);
        auto const status = bad.post(payload).status;
        expect_served(*healthy);
        bad.post("1");
        return status;
    }

    /// Expects that a client that sends these is let go, and the one beside it served.
    void expect_ended_beside(std::vector<std::string> const& packets)
    {
        auto const bad = client();
        for (auto const& packet : packets) send(*bad, packet);
        EXPECT_EQ(bad->close_code(), protocol_error) << packets.back().substr(0, 80);
        EXPECT_TRUE(has_connections(1));
        expect_served(*healthy);
    }

    std::unique_ptr<test::RawSocketIo> healthy;
    double before = 0;
};

// engine.io: very many very small packets in one POST.
TEST_F(PublishedAttacksTest, cve_2020_36048)
{
    EXPECT_EQ(status_of(repeated("2:4\xc2\xbc", 10'000'000)), 200); // one packet, a ping, that ends the session
    EXPECT_EQ(status_of(repeated("2:42", 15'000'000)), 200);
    EXPECT_EQ(status_of(repeated("42\x1e", 20'000'000)), 400);
    EXPECT_EQ(status_of(repeated("4\x1e", 30'000'000)), 400);
    EXPECT_EQ(status_of(repeated("\x1e", 60'000'000)), 400);
    EXPECT_EQ(status_of(repeated("2:42", 25'000'000)), 413); // 100 MB, as published
}

// socket.io-parser: one packet that is nothing but the digits of an ack id.
TEST_F(PublishedAttacksTest, cve_2020_36049)
{
    EXPECT_EQ(status_of("99999991:4" + std::string(99'999'990, '2')), 413); // as published
    EXPECT_EQ(status_of("60000000:4" + std::string(60'000'000, '2')), 200); // a noop with too much text
    EXPECT_EQ(status_of("4" + std::string(60'000'000, '2')), 200);          // the session ends: more than 4 MiB of text
    EXPECT_EQ(status_of("4" + std::string(4'000'000, '2')), 200);           // the session ends: no number
    expect_ended_beside({"2" + std::string(4'000'000, '2')});
}

// socket.io-parser: an event whose name is an object that cannot be made a text.
TEST_F(PublishedAttacksTest, cve_2023_32695)
{
    for (std::string const packet :
         {R"(2[{"toString":"foo"}])", R"(2[{"toString":"foo"},1])", "2[null]", "2[1]", "2[[]]", "2[]", "2{}", "2", "20",
          R"(2["connect"])", R"(2["disconnect"])", R"(2["newListener"])", R"(51-[{"_placeholder":true,"num":0}])"})
        expect_ended_beside({packet});
}

// socket.io-parser: any number of attachments may be announced, and all are gathered.
TEST_F(PublishedAttacksTest, cve_2026_33151)
{
    expect_ended_beside({R"(51000000000-["echo",{"_placeholder":true,"num":0}])"});
    expect_ended_beside({R"(59007199254740991-["echo",{"_placeholder":true,"num":0}])"});
    std::vector<std::string> packets{R"(5100000-["echo",{"_placeholder":true,"num":0}])"};
    packets.resize(1000, "bytes:" + std::string(10'000, 'x'));
    expect_ended_beside(packets);
}

// python-socketio: the attachments of a packet that is never whole are kept, also when the client has gone.
TEST_F(PublishedAttacksTest, cve_2026_48804)
{
    std::string announced = R"(564-["echo")";
    for (int i = 0; i < 64; ++i) announced += R"(,{"_placeholder":true,"num":)" + std::to_string(i) + "}";
    for (int i = 0; i < 4; ++i) {
        auto const bad = client();
        bad->send(announced + "]");
        for (int n = 0; n < 60; ++n) bad->attach(std::string(1 << 20, 'x'));
        wait_until_read(*bad);
        expect_served(*healthy);
        EXPECT_LE(test::memory_bytes() - before, 70 * mib);
    }
    EXPECT_TRUE(has_connections(1));
}

// socket.io-parser: a packet with no attachments whose placeholder waits for one, so that the next bytes are gathered.
TEST_F(PublishedAttacksTest, ghsa_2m8v_j782_fhvr)
{
    expect_ended_beside({R"(50-["echo",{"_placeholder":true,"num":0}])", "bytes:x"});
    expect_ended_beside({R"(50-["echo"])", "bytes:x"});
    expect_ended_beside({R"(60-1[])", "bytes:x"});
    std::vector<std::string> packets(100, R"(50-["echo","a"])");
    packets.emplace_back("bytes:" + std::string(1 << 20, 'x'));
    expect_ended_beside(packets);
}

} // namespace
} // namespace learning_loop::socketio
