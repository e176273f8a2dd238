// Attachments over a real socket: what a peer may announce, what must come of it, and what it costs.
#include "integration/socketio/socketio_fixture.h"
#include "support/live_memory.h"

namespace learning_loop::socketio {
namespace {

using namespace std::chrono_literals;
using test::RawPolling;

constexpr double kib = 1024;
constexpr std::uint16_t too_big = 1009;
constexpr std::uint16_t try_again_later = 1013;

/// `{"_placeholder":true,"num":0},...`
std::string placeholders(int count)
{
    std::string list;
    for (int i = 0; i < count; ++i)
        list += (i == 0 ? "" : ",") + std::string(R"({"_placeholder":true,"num":)") + std::to_string(i) + "}";
    return list;
}

/// An event that wants an ack and announces so many attachments.
std::string event_with(std::string const& count, std::string const& arguments)
{
    return "5" + count + R"(-1["echo",)" + arguments + "]";
}

struct AttachmentsTest : SocketIoFixture {
    /// What `count` clients cost that each send these and then nothing; expects that nothing is left when they have
    /// gone.
    void storm(char const* what, std::vector<std::string> const& packets, double max_each)
    {
        constexpr int count = 20;
        expect_healthy();
        ASSERT_TRUE(has_no_sockets());
        auto const before = test::memory_bytes();
        std::vector<std::unique_ptr<test::RawSocketIo>> clients;
        for (int i = 0; i < count; ++i) {
            clients.push_back(client());
            for (auto const& packet : packets) send(*clients.back(), packet);
            wait_until_read(*clients.back());
        }
        auto const each = (test::memory_bytes() - before) / count;
        expect_healthy();
        auto const leave = std::chrono::steady_clock::now();
        clients.clear();
        EXPECT_TRUE(test::eventually([&] { return test::memory_bytes() - before < test::memory_noise; }, 5s));
        auto const took = std::chrono::steady_clock::now() - leave;
        std::printf("%s: %.1f KiB for each, freed within %lld ms\n", what, each / kib,
                    static_cast<long long>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
        EXPECT_LE(each, max_each) << what;
    }
};

TEST_F(AttachmentsTest, as_many_as_64_go_both_ways)
{
    auto const peer = client();
    for (int const count : {1, 2, 63, 64}) {
        peer->send(event_with(std::to_string(count), placeholders(count)));
        for (int i = 0; i < count; ++i) peer->attach("number " + std::to_string(i));
        EXPECT_EQ(peer->next(), "6" + std::to_string(count) + "-1[" + placeholders(count) + "]");
        for (int i = 0; i < count; ++i) EXPECT_EQ(peer->next(), "bnumber " + std::to_string(i));
    }
}

TEST_F(AttachmentsTest, a_packet_may_announce_none_and_have_none)
{
    auto const peer = client();
    peer->send(R"(50-1["echo","a"])");
    EXPECT_EQ(peer->next(), R"(31["a"])");
}

TEST_F(AttachmentsTest, placeholders_may_stand_anywhere_in_any_order)
{
    auto const peer = client();
    peer->send(event_with("2", R"({"deep":[{"_placeholder":true,"num":1}]},{"_placeholder":true,"num":0})"));
    peer->attach("zero");
    peer->attach("one");
    EXPECT_EQ(peer->next(), R"(62-1[{"deep":[{"_placeholder":true,"num":1}]},{"_placeholder":true,"num":0}])");
    EXPECT_EQ(peer->next(), "bzero");
    EXPECT_EQ(peer->next(), "bone");
    // Marked in another way it is data as any other.
    peer->send(R"(21["echo",{"_placeholder":"yes","num":0},{"_placeholder":false},{"num":1}])");
    EXPECT_EQ(peer->next(), R"(31[{"_placeholder":"yes","num":0},{"_placeholder":false},{"num":1}])");
}

TEST_F(AttachmentsTest, an_announcement_that_is_none_ends_the_connection)
{
    for (std::string const count : {"65", "100", "1000000000", "18446744073709551615", "18446744073709551616", "-1",
                                    "+1", "1.5", "1e1", "0x1", "", " 1", "a"})
        expect_ended({event_with(count, placeholders(1))});
    for (std::string const packet :
         {"5", "51", "51-", "51-1", "51-[]", "51-{}", "51-[1]", "51-[\"echo\"", "6", "61-", "61-1", "61-[]",
          "51-/,[\"echo\"]", "51[\"echo\",{\"_placeholder\":true,\"num\":0}]"})
        expect_ended({packet});
}

TEST_F(AttachmentsTest, placeholders_that_do_not_match_end_the_connection)
{
    for (auto const& arguments :
         {std::string(R"({"_placeholder":true,"num":1})"), std::string(R"({"_placeholder":true,"num":-1})"),
          std::string(R"({"_placeholder":true,"num":0.5})"), std::string(R"({"_placeholder":true,"num":"0"})"),
          std::string(R"({"_placeholder":true})"), std::string(R"({"_placeholder":true,"num":1e18})"),
          std::string(R"({"_placeholder":true,"num":18446744073709551615})"), placeholders(2),
          placeholders(1) + "," + placeholders(1), std::string("0")})
        expect_ended({event_with("1", arguments), "bytes:x"});
    expect_ended({event_with("0", placeholders(1))});
    expect_ended({event_with("2", placeholders(1)), "bytes:x", "bytes:y"});
}

TEST_F(AttachmentsTest, what_comes_in_the_wrong_place_ends_the_connection)
{
    expect_ended({"bytes:that nobody announced"});
    expect_ended({event_with("1", placeholders(1)), "bytes:x", "bytes:one too many"});
    expect_ended({event_with("2", placeholders(2)), "bytes:x", R"(2["echo"])"});
    expect_ended({event_with("2", placeholders(2)), "bytes:x", event_with("1", placeholders(1))});
    expect_ended({event_with("1", placeholders(1)), "1"});
}

TEST_F(AttachmentsTest, data_is_nested_to_some_depth_and_no_further)
{
    staying = 1;
    auto const nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    auto const peer = client();
    peer->send("21[\"echo\"," + nested(60) + "]");
    EXPECT_EQ(peer->next(), "31[" + nested(60) + "]");
    expect_ended({"2[\"echo\"," + nested(100) + "]"});
    expect_ended({"2[\"echo\"," + nested(10'000) + "]"});
    expect_ended({"2" + std::string(1'000'000, '[')});
    std::string objects;
    for (int i = 0; i < 10'000; ++i) objects += R"({"a":)";
    expect_ended({event_with("1", objects)});
}

TEST_F(AttachmentsTest, all_of_a_packet_have_one_limit)
{
    staying = 1;
    socketio_options.packets.max_attachment_bytes = 100'000;
    auto const peer = client();
    peer->send(event_with("2", placeholders(2)));
    peer->attach(std::string(60'000, 'x'));
    peer->attach(std::string(40'000, 'y'));
    EXPECT_TRUE(peer->next().starts_with("62-1["));
    EXPECT_EQ(peer->next().size(), 60'001U);
    expect_ended({event_with("1", placeholders(1)), "bytes:" + std::string(100'001, 'x')}, too_big);
    expect_ended(
        {event_with("2", placeholders(2)), "bytes:" + std::string(60'000, 'x'), "bytes:" + std::string(40'001, 'x')},
        too_big);
}

TEST_F(AttachmentsTest, a_text_has_a_limit_of_its_own)
{
    staying = 1;
    socketio_options.packets.max_text_bytes = 10'000;
    auto const event = [](std::size_t bytes) {
        std::string const begin = "21[\"echo\",\"";
        return begin + std::string(bytes - begin.size() - 2, 'x') + "\"]";
    };
    auto const peer = client();
    peer->send(event(10'000));
    EXPECT_TRUE(peer->next().starts_with("31[\"xxx"));
    expect_ended({event(10'001)}, too_big);
}

TEST_F(AttachmentsTest, withheld_ones_cost_what_came_and_nothing_when_their_client_has_gone)
{
    if (!test::memory_tells_something()) GTEST_SKIP() << "the allocator does not tell what is allocated";
    storm("attachments withheld", {event_with("1", placeholders(1))}, 64 * kib);
    storm(
        "63 of 64 attachments of 64 KiB",
        [] {
            std::vector<std::string> packets{event_with("64", placeholders(64))};
            for (int i = 0; i < 63; ++i) packets.push_back("bytes:" + std::string(64 << 10, 'x'));
            return packets;
        }(),
        63 * 64 * kib + 64 * kib);
    storm(
        "63 of 64 attachments of a byte",
        [] {
            std::vector<std::string> packets{event_with("64", placeholders(64))};
            packets.resize(64, "bytes:x");
            return packets;
        }(),
        512 * kib);
}

TEST_F(AttachmentsTest, withheld_ones_end_with_the_heartbeat_of_a_client_that_is_silent)
{
    socketio_options.engine.ping_interval = 50ms;
    socketio_options.engine.ping_timeout = 100ms;
    auto const silent = client();
    silent->engine().answers_pings = false;
    silent->send(event_with("2", placeholders(2)));
    silent->attach("the first");
    EXPECT_EQ(silent->close_code(), 1000);
    EXPECT_TRUE(has_connections(0));
}

TEST_F(AttachmentsTest, those_of_all_clients_share_the_budget)
{
    options.max_body_bytes_in_memory = 300'000;
    std::vector<std::string> const packets{event_with("2", placeholders(2)), "bytes:" + std::string(200'000, 'x')};
    auto holding = client();
    for (auto const& packet : packets) send(*holding, packet);
    wait_until_read(*holding);
    auto const next = client();
    for (auto const& packet : packets) send(*next, packet);
    EXPECT_EQ(next->close_code(), try_again_later);
    expect_served(*client());
    holding.reset();
    ASSERT_TRUE(has_no_sockets());
    auto const last = client();
    last->send(event_with("1", placeholders(1)));
    last->attach(std::string(200'000, 'x'));
    EXPECT_TRUE(last->next().starts_with("61-1["));
}

TEST_F(AttachmentsTest, those_that_come_by_polling_share_it_too)
{
    options.max_body_bytes_in_memory = 400'000; // a body of 200 000, and twice the 150 000 bytes that are in it, not
    auto const withheld =
        "4" + event_with("2", placeholders(2)) + test::payload_separator + "b" + std::string(200'000, 'A');
    auto const connected = [&] {
        auto polling = std::make_unique<RawPolling>(port(), "/socket.io");
        EXPECT_EQ(polling->post("40").status, 200);
        EXPECT_TRUE(polling->poll().body.starts_with("40{"));
        return polling;
    };
    auto const first = connected();
    auto const second = connected();
    EXPECT_EQ(first->post(withheld).status, 200);
    EXPECT_EQ(second->post(withheld).status, 503);
    EXPECT_EQ(second->poll().status, 400); // it is over
    EXPECT_EQ(first->post("1").status, 200);
    EXPECT_EQ(connected()->post(withheld).status, 200);
}

} // namespace
} // namespace learning_loop::socketio
