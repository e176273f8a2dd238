#include "integration/http/client/client_fixture.h"

#include <array>
#include <ctime>

namespace learning_loop::http {
namespace {

TEST_F(HttpClient, ends_a_call_promptly_when_its_task_is_cancelled)
{
    test::ScriptedServer const server({{"", Then::hangs}});
    options.base_url = server.url();
    options.stall_timeout = 60s;
    Client client(options);
    TaskGroup calls(io.executor());
    auto call = [](Client& from, std::exception_ptr& thrown) -> Task<> {
        try {
            co_await from.get("/");
        } catch (...) {
            thrown = std::current_exception();
        }
    };
    std::exception_ptr thrown;
    calls.spawn("call", call(client, thrown));
    ASSERT_TRUE(io.run_until([&] { return !server.requests().empty(); }));
    auto const begin = std::chrono::steady_clock::now();
    calls.cancel();
    io.run(calls.join());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
    ASSERT_TRUE(thrown);
    EXPECT_THROW(std::rethrow_exception(thrown), boost::system::system_error);
}

TEST_F(HttpClient, sends_a_long_body_without_asking_first)
{
    test::ScriptedServer const server({{http_answer(200, "b")}});
    options.base_url = server.url();
    Client client(options);
    auto const answer = io.run(client.post_text("/", std::string(3'000'000, 'x')));
    ASSERT_TRUE(answer) << answer.error().message;
    auto const request = server.requests().at(0);
    EXPECT_EQ(request.substr(0, request.find("\r\n\r\n")).find("Expect"), std::string::npos);
}

TEST_F(HttpClient, dies_promptly_while_its_peer_hangs)
{
    test::ScriptedServer const server({{"", Then::hangs}});
    options.base_url = server.url();
    options.stall_timeout = 60s;
    TaskGroup calls(io.executor());
    auto call = [](Client& from) -> Task<> { co_await from.get("/"); };
    auto client = std::make_unique<Client>(options);
    calls.spawn("call", call(*client));
    ASSERT_TRUE(io.run_until([&] { return !server.requests().empty(); }));
    auto const begin = std::chrono::steady_clock::now();
    client.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
    io.run(calls.join());
}

TEST_F(HttpClient, lets_calls_wait_for_their_turn_and_forgets_those_that_are_cancelled)
{
    test::ScriptedServer const server({{"", Then::hangs}, {http_answer(200, "b")}});
    options.base_url = server.url();
    options.stall_timeout = 60s;
    options.max_at_once = 1;
    Client client(options);
    TaskGroup first(io.executor());
    TaskGroup second(io.executor());
    auto call = [](Client& from) -> Task<> { co_await from.get("/"); };
    first.spawn("hangs", call(client));
    ASSERT_TRUE(io.run_until([&] { return server.requests().size() == 1; }));
    second.spawn("waits", call(client));
    second.cancel();
    io.run(second.join());
    first.cancel();
    io.run(first.join());
    EXPECT_EQ(io.run(client.get("/")).value().body, "b");
    EXPECT_EQ(server.requests().size(), 2u); // the one that was cancelled was never sent
}

TEST_F(HttpClient, gives_up_a_peer_that_stalls)
{
    std::vector<std::pair<char const*, Act>> const peers{
        {"accepts and never reads", {"", Then::hangs, 0, 0, false}},
        {"reads and never answers", {"", Then::hangs}},
        {"stops in the middle", {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Then::hangs}},
        {"a byte a second", {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", Then::hangs, 100, 1}},
        {"a byte of its head a second", {http_answer(200, "a"), Then::hangs, 0, 1}}};
    for (auto const& [name, act] : peers) {
        test::ScriptedServer const server({act});
        auto const answer = get(server.url());
        ASSERT_FALSE(answer) << name;
        EXPECT_EQ(answer.error().message, server.url() + "/: stalls: less than 500 bytes a second for 1 s") << name;
    }
}

TEST_F(HttpClient, gives_up_an_upload_into_a_black_hole)
{
    test::ScriptedServer const server({{http_answer(200, "")}});
    test::FaultProxy proxy(server.port());
    proxy.silence(true);
    options.base_url = proxy.url();
    Client client(options);
    test::put(folder / "a", std::string(20'000'000, 'x'));
    std::vector<FormPart> parts{{"files", "a", "image/jpeg", folder / "a"}};
    EXPECT_EQ(io.run(client.post_files("/", std::move(parts))).error().code, Errc::unavailable);
}

TEST_F(HttpClient, takes_no_upload_that_is_slow_for_one_that_stalls)
{
    test::ScriptedServer const server({{http_answer(200, "b")}});
    test::FaultProxy link(server.port(), 4096);
    test::Faults slow;
    slow.up_bytes_a_second = 10'000; // a socket's buffer would take nearly all of the body at once
    link.spoil(slow);
    options.base_url = link.url();
    options.stall_timeout = 2s;
    options.min_rate = 2000;
    Client client(options);
    auto const answer = io.run(client.post_text("/", std::string(100'000, 'x')));
    EXPECT_TRUE(answer) << answer.error().message;
}

TEST_F(HttpClient, ends_an_error_whose_body_goes_on_and_on)
{
    for (auto const* head : {"HTTP/1.1 500 No\r\nContent-Length: 100000000\r\n\r\n", "HTTP/1.1 500 No\r\n\r\n"}) {
        test::ScriptedServer const server({{head, Then::closes, 100'000'000}});
        auto const answer = get(server.url());
        EXPECT_EQ(answer.value().status, 500);
        EXPECT_EQ(answer->body.size(), 64u * 1024);
        EXPECT_LT(server.bytes_said(), 20'000'000u); // what the sockets hold
    }
}

TEST_F(HttpClient, keeps_the_connection_after_an_error_of_usual_length)
{
    test::ScriptedServer const server({{http_answer(500, std::string(100'000, 'x'))}, {http_answer(200, "a")}});
    options.base_url = server.url();
    Client client(options);
    EXPECT_EQ(io.run(client.get("/")).value().body.size(), 64u * 1024);
    EXPECT_EQ(io.run(client.get("/")).value().body, "a");
    EXPECT_EQ(server.connections(), 1u);
}

TEST_F(HttpClient, ends_a_head_that_goes_on_and_on)
{
    std::string interim;
    for (int i = 0; i < 10'000; ++i) interim += "HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n";
    test::ScriptedServer const server({{interim + http_answer(200, "a"), Then::closes}});
    EXPECT_NE(get(server.url()).error().message.find("the head of the answer is endless"), std::string::npos);
}

TEST_F(HttpClient, reads_the_answer_after_interim_ones)
{
    test::ScriptedServer const server(
        {{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nRetry-After: 9\r\nLocation: /x\r\n\r\n" +
          http_answer(503, "a")}});
    auto const answer = get(server.url());
    EXPECT_EQ(answer.value().status, 503);
    EXPECT_EQ(answer->retry_after, 0s);
    EXPECT_EQ(answer->location, "");
}

TEST_F(HttpClient, asks_for_no_compression_and_expands_none)
{
    std::string const zipped("\x1f\x8b\x08\0\0\0\0\0\0\x03K\xcc\x03\0\0\0\0\0\0\0\0\0", 20);
    test::ScriptedServer const server({{http_answer(200, zipped, "Content-Encoding: gzip\r\n")}});
    EXPECT_EQ(get(server.url()).value().body, zipped);
    EXPECT_EQ(server.requests().at(0).find("Accept-Encoding"), std::string::npos);
}

TEST_F(HttpClient, refuses_answers_that_are_no_http)
{
    for (auto const* garbage :
         {"SSH-2.0-OpenSSH\r\n", "<html>no head</html>", "\x16\x03\x01", "HTTP/0.9 200\r\n\r\nx"}) {
        test::ScriptedServer const server({{garbage, Then::closes}});
        EXPECT_FALSE(get(server.url())) << garbage;
    }
}

TEST_F(HttpClient, reads_a_date_to_come_back_at)
{
    auto const date_in = [](std::chrono::seconds wait) {
        auto const time = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + wait);
        std::array<char, 64> text{};
        std::tm parts{};
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", ::gmtime_r(&time, &parts));
        return std::string(text.data());
    };
    test::ScriptedServer const server({{http_answer(503, "", "Retry-After: " + date_in(100s) + "\r\n")},
                                       {http_answer(503, "", "Retry-After: " + date_in(10h) + "\r\n")}});
    auto const soon = get(server.url()).value().retry_after;
    EXPECT_GT(soon, 60s);
    EXPECT_LE(soon, 101s);
    EXPECT_EQ(get(server.url()).value().retry_after, 3600s);
}

} // namespace
} // namespace learning_loop::http
