// Who is too slow is let go, who is slow but steady is served. The deadlines are shortened; that they pass is waited
// for.
#include "integration/http/server/server_fixture.h"

#include <vector>

namespace learning_loop::http {
namespace {

using namespace std::chrono_literals;
using test::RawConnection;
using Clock = std::chrono::steady_clock;

constexpr auto pause = 20ms; ///< Between the pieces of a slow client.

struct DeadlinesTest : ServerFixture {
    /// Sends `piece` again and again until the server closes, 10 s at most; whether it closed.
    static bool drips_until_closed(RawConnection& client, std::string_view piece)
    {
        for (auto const end = Clock::now() + 10s; Clock::now() < end;) {
            if (!client.send(piece)) return true;
            std::this_thread::sleep_for(pause);
        }
        return false;
    }

    static void expect_408(RawConnection& client, std::string const& what)
    {
        auto const response = client.response();
        EXPECT_EQ(response.status, 408);
        EXPECT_NE(response.body.find(what + " came too slowly"), std::string::npos) << response.body;
        EXPECT_NE(response.head.find("\r\nConnection: close\r\n"), std::string::npos) << response.head;
        EXPECT_TRUE(client.closed());
    }
};

TEST_F(DeadlinesTest, a_head_that_stops_is_408)
{
    options.deadlines.header = 200ms;
    RawConnection client(port());
    client.send("GET /hello HTTP/1.1\r\nHost:");
    expect_408(client, "head");
}

TEST_F(DeadlinesTest, a_head_that_drips_in_is_408_too)
{
    options.deadlines.header = 300ms;
    RawConnection client(port());
    client.send("GET /hello HTTP/1.1\r\nX: ");
    auto const begin = Clock::now();
    std::jthread const dripping([&] { drips_until_closed(client, "x"); });
    expect_408(client, "head");
    EXPECT_LT(Clock::now() - begin, 5s);
}

TEST_F(DeadlinesTest, a_head_that_comes_in_time_is_answered)
{
    options.deadlines.header = 5s;
    RawConnection client(port());
    for (auto const* line : {"GET /hello HTTP/1.1\r\n", "Host: localhost\r\n", "X: a\r\n", "\r\n"}) {
        client.send(line);
        std::this_thread::sleep_for(pause);
    }
    EXPECT_EQ(client.response().body, "hello");
}

TEST_F(DeadlinesTest, the_time_of_a_head_begins_with_its_first_byte)
{
    options.deadlines.header = 200ms;
    RawConnection client(port());
    expect_serves(client);
    std::this_thread::sleep_for(500ms);
    expect_serves(client);
}

TEST_F(DeadlinesTest, a_connection_that_asks_nothing_is_closed_without_a_word)
{
    options.deadlines.idle = 200ms;
    RawConnection fresh(port());
    RawConnection used(port());
    expect_serves(used);
    EXPECT_TRUE(fresh.closed());
    EXPECT_TRUE(used.closed());
}

TEST_F(DeadlinesTest, a_body_that_stalls_is_408)
{
    options.deadlines.stall = 200ms;
    for (auto const& bytes : {request("POST", "/echo", "Content-Length: 100\r\n", "half"),
                              request("POST", "/echo", "Content-Length: 100\r\n"),
                              request("POST", "/echo", "Transfer-Encoding: chunked\r\n", "4\r\nhalf\r\n"),
                              request("POST", "/upload",
                                      "Content-Type: multipart/form-data; boundary=X\r\n"
                                      "Content-Length: 100\r\n",
                                      "--X\r\n")}) {
        RawConnection client(port());
        client.send(bytes);
        expect_408(client, "body");
    }
    EXPECT_EQ(handled, 0);
}

TEST_F(DeadlinesTest, a_body_below_the_least_rate_is_408)
{
    options.deadlines.stall = 500ms;
    options.deadlines.min_bytes_per_second = 100'000;
    RawConnection client(port());
    client.send(request("POST", "/large", "Content-Length: 10000000\r\n"));
    std::jthread const dripping([&] { drips_until_closed(client, "some bytes"); });
    expect_408(client, "body");
    EXPECT_EQ(handled, 0);
}

TEST_F(DeadlinesTest, a_body_a_little_above_the_least_rate_is_taken)
{
    options.deadlines.stall = 500ms;
    options.deadlines.min_bytes_per_second = 1000;
    std::string const body(5000, 'x');
    RawConnection client(port());
    client.send(request("POST", "/large", "Content-Length: 5000\r\n"));
    for (std::size_t sent = 0; sent < body.size(); sent += 50) { // 1.6 s and more at up to 2.5 kB/s
        client.send(body.substr(sent, 50));
        std::this_thread::sleep_for(pause);
    }
    EXPECT_EQ(client.response().body, body);
    expect_serves(client);
}

TEST_F(DeadlinesTest, an_answer_that_nobody_takes_is_broken_off)
{
    options.deadlines.stall = 300ms;
    test::put(folder / "large", std::string(64 << 20, 'x'));
    RawConnection client(port(), test::small_receive_buffer);
    client.send(request("GET", "/file/large") + request("GET", "/hello"));
    std::this_thread::sleep_for(1s);
    std::size_t received = 0;
    while (auto const bytes = client.read_some(1 << 20)) received += bytes;
    EXPECT_LT(received, 64u << 20);
}

TEST_F(DeadlinesTest, an_answer_that_is_taken_below_the_least_rate_is_broken_off)
{
    options.deadlines.stall = 500ms;
    options.deadlines.min_bytes_per_second = 100u << 20;
    test::put(folder / "large", std::string(64 << 20, 'x'));
    RawConnection client(port(), test::small_receive_buffer);
    client.send(request("GET", "/file/large"));
    std::size_t received = 0;
    auto const slow_until = Clock::now() + 1500ms;
    while (auto const bytes = client.read_some(64 << 10)) {
        received += bytes;
        if (Clock::now() < slow_until) std::this_thread::sleep_for(pause);
        if (received >= 64u << 20) break;
    }
    EXPECT_LT(received, 64u << 20);
}

TEST_F(DeadlinesTest, an_answer_that_is_taken_steadily_comes_whole)
{
    options.deadlines.stall = 1000ms; // less than all of it takes, more than a busy machine holds up the client
    options.deadlines.min_bytes_per_second = 100'000;
    constexpr std::size_t file_bytes = 16u
                                       << 20; // more than the system buffers, so that the server waits for the client
    test::put(folder / "large", std::string(file_bytes, 'x'));
    RawConnection client(port(), test::small_receive_buffer);
    client.send(request("GET", "/file/large", "Connection: close\r\n"));
    std::size_t received = 0;
    std::size_t paused_at = 0;
    while (auto const bytes = client.read_some(256 << 10)) {
        received += bytes;
        if (received < paused_at + (256 << 10)) continue;
        paused_at = received;
        std::this_thread::sleep_for(pause);
    }
    EXPECT_GT(received, file_bytes);
}

TEST_F(DeadlinesTest, a_handler_takes_the_time_it_needs)
{
    options.deadlines = {.header = 100ms, .idle = 100ms, .stall = 100ms, .min_bytes_per_second = 1'000'000};
    RawConnection client(port());
    client.send(request("GET", "/slow"));
    in_flight.wait();
    std::this_thread::sleep_for(500ms);
    go_on.count_down();
    EXPECT_EQ(client.response().body, "at last");
}

TEST_F(DeadlinesTest, a_client_that_goes_on_sending_what_was_refused_is_let_go)
{
    RawConnection client(port());
    client.send(request("POST", "/echo", "Content-Length: 1000000000\r\n"));
    EXPECT_EQ(client.response().status, 413);
    EXPECT_TRUE(drips_until_closed(client, "more and more"));
}

TEST_F(DeadlinesTest, a_newcomer_takes_the_place_of_the_one_that_waited_longest)
{
    options.max_connections = 3;
    RawConnection busy(port());
    busy.send(request("GET", "/slow"));
    in_flight.wait();
    RawConnection first(port());
    expect_serves(first);
    RawConnection second(port());
    second.send(request("GET", "/hello") + "GET /hello HTTP/1.1\r\n"); // half a head waits, too
    EXPECT_EQ(second.response().body, "hello");
    expect_serves(first); // so the second has waited longer now
    RawConnection newcomer(port());
    expect_serves(newcomer);
    EXPECT_TRUE(second.closed());
    expect_serves(first);
    go_on.count_down();
    EXPECT_EQ(busy.response().body, "at last");
}

TEST_F(DeadlinesTest, when_all_are_busy_the_newcomer_has_to_go)
{
    options.max_connections = 1;
    RawConnection busy(port());
    busy.send(request("GET", "/slow"));
    in_flight.wait();
    EXPECT_TRUE(RawConnection(port()).closed());
    go_on.count_down();
    EXPECT_EQ(busy.response().body, "at last");
    expect_serves(busy);
    RawConnection newcomer(port());
    expect_serves(newcomer);
}

} // namespace
} // namespace learning_loop::http
