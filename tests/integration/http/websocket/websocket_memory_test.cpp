// What unsound WebSockets cost while they are there, and that nothing of it stays.
#include "integration/http/websocket/websocket_fixture.h"
#include "support/live_memory.h"

namespace learning_loop::http {
namespace {

using test::Frame;
using test::memory_bytes;
using test::Opcode;
using test::RawWebSocket;

constexpr double kib = 1024;
constexpr double mebibyte = 1024 * kib;

struct WebSocketMemoryTest : WebSocketFixture {
    WebSocketMemoryTest() { max_message_bytes = 16 << 20; }

    void SetUp() override
    {
        if (!test::memory_tells_something()) GTEST_SKIP() << "the allocator does not tell what is allocated";
        RawWebSocket first(port(), "/ws");
        expect_echo(first);
    }

    /// Expects what `count` clients that send this cost, each, and that nothing is left of it when they have gone.
    void storm(char const* what, std::string const& bytes, double max_each, int count = 200)
    {
        ASSERT_TRUE(has_connections(0));
        auto const before = memory_bytes();
        std::vector<std::unique_ptr<RawWebSocket>> clients;
        for (int i = 0; i < count; ++i) {
            clients.push_back(std::make_unique<RawWebSocket>(port(), "/ws"));
            ASSERT_TRUE(clients.back()->connection().send(bytes)) << i;
            ASSERT_TRUE(clients.back()->send({Opcode::ping, "are you there?"}));
            ASSERT_EQ(clients.back()->read().value_or(Frame()).opcode, Opcode::pong); // so the rest was read
        }
        auto const each = (memory_bytes() - before) / count;
        clients.clear();
        ASSERT_TRUE(has_connections(0));
        auto const left = memory_bytes() - before;
        std::printf("%s: %.1f KiB for each of %d, %.2f MiB left\n", what, each / kib, count, left / mebibyte);
        EXPECT_LE(each, max_each) << what;
        EXPECT_LE(left, test::memory_noise) << what;
    }
};

TEST_F(WebSocketMemoryTest, one_that_says_nothing_costs_little)
{
    storm("idle WebSockets", "", 64 * kib);
}

TEST_F(WebSocketMemoryTest, fragments_cost_what_came_of_them)
{
    std::string bytes = test::bytes_of({Opcode::binary, "x", false});
    for (int i = 1; i < 10'000; ++i) bytes += test::bytes_of({Opcode::continuation, "x", false});
    storm("10 000 fragments of a byte", bytes, 64 * kib, 20);
    std::string empty = test::bytes_of({Opcode::text, "", false});
    for (int i = 1; i < 10'000; ++i) empty += test::bytes_of({Opcode::continuation, "", false});
    storm("10 000 fragments of nothing", empty, 64 * kib, 20);
}

TEST_F(WebSocketMemoryTest, a_length_that_is_only_announced_costs_nothing)
{
    auto const head = test::bytes_of({Opcode::binary, "", true, 0, true, 16U << 20U});
    ASSERT_TRUE(has_connections(0));
    auto const before = memory_bytes();
    std::vector<std::unique_ptr<RawWebSocket>> clients;
    for (int i = 0; i < 200; ++i) {
        clients.push_back(std::make_unique<RawWebSocket>(port(), "/ws"));
        ASSERT_TRUE(clients.back()->connection().send(head));
    }
    RawWebSocket healthy(port(), "/ws");
    expect_echo(healthy);
    auto const each = (memory_bytes() - before) / 200;
    std::printf("16 MiB announced: %.1f KiB for each\n", each / kib);
    EXPECT_LE(each, 64 * kib);
}

#if !defined(__SANITIZE_ADDRESS__) // which has shadows of all memory
TEST_F(WebSocketMemoryTest, a_message_that_stalls_costs_what_came_of_it)
{
    auto const begun = test::bytes_of({Opcode::binary, std::string(5000, 'x'), true, 0, true, 16U << 20U});
    ASSERT_TRUE(has_connections(0));
    auto const before = test::resident_bytes();
    std::vector<std::unique_ptr<RawWebSocket>> clients;
    for (int i = 0; i < 200; ++i) {
        clients.push_back(std::make_unique<RawWebSocket>(port(), "/ws"));
        ASSERT_TRUE(clients.back()->connection().send(begun));
    }
    auto const held = [&] { return (1 << 30) - std::stod(metric("http_body_budget_free_bytes")); };
    EXPECT_TRUE(test::eventually([&] { return held() > 200.0 * 5000; }));
    auto const each = (test::resident_bytes() - before) / 200;
    std::printf("5000 bytes of 16 MiB: %.1f KiB for each, %.1f KiB of the budget\n", each / kib, held() / 200 / kib);
    EXPECT_LE(each, 64 * kib);
    clients.clear();
    EXPECT_TRUE(test::eventually([&] { return held() == 0; }));
}
#endif

TEST_F(WebSocketMemoryTest, large_messages_leave_nothing)
{
    auto const before = memory_bytes();
    for (int i = 0; i < 5; ++i) {
        RawWebSocket client(port(), "/ws");
        std::string const large(16 << 20, 'x');
        std::jthread const sender([&] { client.send_text(large); });
        EXPECT_TRUE(client.read().value_or(Frame()).payload == large);
    }
    ASSERT_TRUE(has_connections(0));
    EXPECT_LE(memory_bytes() - before, test::memory_noise);
}

} // namespace
} // namespace learning_loop::http
