// What thousands of bad clients cost while they are there, and that nothing of it stays.
#include "integration/http/server/server_fixture.h"
#include "support/eventually.h"
#include "support/live_memory.h"

#include <vector>

namespace learning_loop::http {
namespace {

using namespace std::chrono_literals;
using test::memory_bytes;
using test::RawConnection;
using Clients = std::vector<std::unique_ptr<RawConnection>>;

constexpr double mib = 1024 * 1024;

struct MemoryTest : ServerFixture {
    int count = 1000; ///< Clients at once.
    static constexpr int rounds = 3;

    MemoryTest() { test::put(folder / "large", std::string(8 << 20, 'x')); }

    void SetUp() override
    {
        if (!test::memory_tells_something()) GTEST_SKIP() << "the allocator does not tell what is allocated";
    }

    /// Waits until the server has as many connections as that.
    void wait_for_connections(double wanted)
    {
        auto const line = "\nhttp_connections " + std::to_string(static_cast<int>(wanted)) + "\n";
        auto const end = std::chrono::steady_clock::now() + 20s;
        while (server->metrics_text().find(line) == std::string::npos) {
            ASSERT_LT(std::chrono::steady_clock::now(), end) << server->metrics_text();
            std::this_thread::sleep_for(10ms);
        }
    }

    /// What clients that send this cost, each, and what is left when they have gone.
    void storm(char const* what, std::string const& bytes, int receive_buffer = 0)
    {
        ask(request("GET", "/hello")); // what a server costs that serves at all is not of these clients
        auto const before = memory_bytes();
        for (int round = 0; round < rounds; ++round) {
            Clients clients;
            clients.reserve(count);
            for (int i = 0; i < count; ++i) {
                clients.push_back(std::make_unique<RawConnection>(port(), receive_buffer));
                ASSERT_TRUE(clients.back()->connected()) << i;
                clients.back()->send(bytes);
            }
            wait_for_connections(count);
            EXPECT_EQ(ask(request("GET", "/hello")).body, "hello"); // whoever asks properly is served
            auto const each = (memory_bytes() - before) / count;
            clients.clear();
            wait_for_connections(0);
            test::eventually([&] { return memory_bytes() - before <= test::memory_noise; }, 2s); // a pool may be behind
            auto const left = memory_bytes() - before;
            std::printf("%s: %.1f KiB for each of %d connections, %.1f MiB left\n", what, each / 1024, count,
                        left / mib);
            EXPECT_LE(each, 64 * 1024) << what;
            EXPECT_LE(left, test::memory_noise) << what;
        }
    }
};

TEST_F(MemoryTest, connections_that_send_nothing_cost_little_and_leave_nothing)
{
    ask(request("GET", "/hello"));
    storm("idle", "");
}

TEST_F(MemoryTest, half_heads_cost_little_and_leave_nothing)
{
    ask(request("GET", "/hello"));
    storm("half heads", "GET /hello HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(8000, 'x'));
}

TEST_F(MemoryTest, bodies_that_stall_cost_what_came_of_them_and_leave_nothing)
{
    ask(post("/large", std::string(1'000'000, 'x')));
    storm("stalled bodies", request("POST", "/large", "Content-Length: 1000000\r\n", std::string(1000, 'x')));
}

TEST_F(MemoryTest, chunks_that_stall_cost_little_and_leave_nothing)
{
    ask(post("/large", std::string(1'000'000, 'x')));
    storm("stalled chunks", request("POST", "/large", "Transfer-Encoding: chunked\r\n", "10000\r\nthe beginning"));
}

TEST_F(MemoryTest, uploads_that_stall_cost_little_and_leave_nothing)
{
    ask(post("/upload", "--X--\r\n", "Content-Type: multipart/form-data; boundary=X\r\n"));
    storm("stalled uploads",
          request("POST", "/upload", "Content-Length: 290000\r\nContent-Type: multipart/form-data; boundary=X\r\n",
                  "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nthe beginning"));
}

TEST_F(MemoryTest, files_that_nobody_takes_cost_little_and_leave_nothing)
{
    ask(request("GET", "/file/large"));
    count = 300; // the system buffers megabytes for each
    storm("files not taken", request("GET", "/file/large"), test::small_receive_buffer);
}

TEST_F(MemoryTest, large_bodies_and_answers_leave_nothing)
{
    ask(request("GET", "/hello"));
    auto const before = memory_bytes();
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(ask(post("/large", std::string(20'000'000, 'x'))).body.size(), 20'000'000U);
        EXPECT_EQ(ask(request("GET", "/file/large")).body.size(), 8u << 20);
        EXPECT_EQ(ask(request("POST", "/echo", "Content-Length: 20000000\r\n")).status, 413);
    }
    wait_for_connections(0);
    auto const after = memory_bytes();
    std::printf("large bodies: %.1f MiB left\n", (after - before) / mib);
    EXPECT_LE(after - before, test::memory_noise);
}

} // namespace
} // namespace learning_loop::http
