#include "learning_loop/net/http/server.h"

#include "support/raw_connection.h"
#include "support/run.h"
#include "support/running_server.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <latch>
#include <stdexcept>

namespace learning_loop::http {
namespace {

using test::RawConnection;
using test::RawResponse;

std::string request(std::string const& method, std::string const& target, std::string const& headers = "",
                    std::string const& body = "")
{
    return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n" + body;
}

std::string post(std::string const& body)
{
    return request("POST", "/echo", "Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

/// What a test may ask for: /echo gives its body back, /seen what the handler saw of the request.
struct ServerTest : testing::Test {
    test::TempFolder folder;
    Router router;
    ServerOptions options;
    std::unique_ptr<test::RunningServer> server;
    Lane waiting{"waiting", 10};
    std::latch in_hand{1};
    std::latch go_on{1};

    ServerTest()
    {
        router.add("GET", "/hello", [](Request) -> Task<Result<Response>> { co_return text_response("hello"); });
        router
            .add("POST", "/echo", [](Request asked) -> Task<Result<Response>> { co_return text_response(asked.body); })
            .takes_at_most(1000);
        router.add("GET", "/seen/{name}", [](Request asked) -> Task<Result<Response>> {
            co_return text_response(asked.path + "|" + asked.place("name") + "|" +
                                    std::string(asked.query_value("q").value_or("-")) + "|" +
                                    std::string(asked.headers.find("x-Test").value_or("-")));
        });
        router.add("GET", "/broken", [](Request) -> Task<Result<Response>> {
            throw std::runtime_error("the secret");
            co_return Response{};
        });
        router.add("GET", "/file/{name}", [this](Request asked) -> Task<Result<Response>> {
            Response response;
            response.content_type = "application/zip";
            response.body = FileBody{folder / asked.place("name"), {}};
            co_return response;
        });
        router.add("GET", "/slow", [this](Request) -> Task<Result<Response>> {
            auto wait = [this]() -> Result<int> {
                in_hand.count_down();
                go_on.wait();
                return 0;
            };
            co_await waiting.run(std::move(wait));
            co_return text_response("at last");
        });
    }
    std::uint16_t port()
    {
        if (!server) server = std::make_unique<test::RunningServer>(router, options);
        return server->port();
    }
    RawResponse ask(std::string const& bytes)
    {
        RawConnection client(port());
        client.send(bytes);
        return client.response();
    }
};

TEST_F(ServerTest, answers_several_requests_on_one_connection)
{
    RawConnection client(port());
    for (int i = 0; i < 3; ++i) {
        client.send(request("GET", "/hello"));
        auto const response = client.response();
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.body, "hello");
        EXPECT_NE(response.head.find("Connection: keep-alive"), std::string::npos);
    }
}

TEST_F(ServerTest, answers_pipelined_requests_in_their_order)
{
    RawConnection client(port());
    client.send(post("one") + request("GET", "/nothing") + post("two") + request("GET", "/hello"));
    EXPECT_EQ(client.response().body, "one");
    EXPECT_EQ(client.response().status, 404);
    EXPECT_EQ(client.response().body, "two");
    EXPECT_EQ(client.response().body, "hello");
}

TEST_F(ServerTest, reads_a_request_that_comes_byte_by_byte)
{
    RawConnection client(port());
    for (char const byte : post("in pieces")) ASSERT_TRUE(client.send({&byte, 1}));
    EXPECT_EQ(client.response().body, "in pieces");
}

TEST_F(ServerTest, closes_when_the_client_asks_for_it)
{
    RawConnection client(port());
    client.send(request("GET", "/hello", "Connection: close\r\n"));
    EXPECT_NE(client.response().head.find("Connection: close"), std::string::npos);
    EXPECT_TRUE(client.closed());
}

TEST_F(ServerTest, decodes_what_a_handler_sees)
{
    EXPECT_EQ(ask(request("GET", "/seen/a%2Bb%20c/?q=1%262&q=3", "X-TEST: yes\r\n")).body,
              "/seen/a+b c/|a+b c|1&2|yes");
    EXPECT_EQ(ask(request("GET", "/hello?a=%zz")).status, 400);
    EXPECT_EQ(ask(request("GET", "/hello%zz")).status, 400);
}

TEST_F(ServerTest, reads_a_chunked_body)
{
    RawConnection client(port());
    client.send(request("POST", "/echo", "Transfer-Encoding: chunked\r\n",
                        "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: x\r\n\r\n"));
    EXPECT_EQ(client.response().body, "abcde");
    client.send(request("GET", "/hello"));
    EXPECT_EQ(client.response().body, "hello");
}

TEST_F(ServerTest, refuses_a_chunked_body_that_grows_beyond_the_limit)
{
    RawConnection client(port());
    client.send(request("POST", "/echo", "Transfer-Encoding: chunked\r\n"));
    for (int i = 0; i < 20; ++i) client.send("64\r\n" + std::string(100, 'x') + "\r\n");
    EXPECT_EQ(client.response().status, 413);
    EXPECT_TRUE(client.closed());
}

TEST_F(ServerTest, closes_on_a_broken_chunk)
{
    RawConnection client(port());
    client.send(request("POST", "/echo", "Transfer-Encoding: chunked\r\n", "xyz\r\nabc\r\n"));
    EXPECT_EQ(client.response().status, 400);
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(ask(request("GET", "/hello")).status, 200);
}

TEST_F(ServerTest, asks_for_the_body_that_a_client_holds_back)
{
    RawConnection client(port());
    client.send(request("POST", "/echo", "Content-Length: 4\r\nExpect: 100-continue\r\n"));
    EXPECT_EQ(client.response().head, "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("body");
    EXPECT_EQ(client.response().body, "body");
}

TEST_F(ServerTest, refuses_a_body_that_is_too_long_before_it_comes)
{
    RawConnection client(port());
    client.send(request("POST", "/echo", "Content-Length: 1001\r\nExpect: 100-continue\r\n"));
    auto const response = client.response();
    EXPECT_EQ(response.status, 413);
    EXPECT_NE(response.body.find("1000 bytes"), std::string::npos);
    EXPECT_EQ(ask(post(std::string(1000, 'x'))).status, 200);
}

TEST_F(ServerTest, lets_a_client_see_the_413_while_it_still_sends)
{
    RawConnection client(port());
    client.send(request("POST", "/echo", "Content-Length: 20000000\r\n"));
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(client.send(std::string(1'000'000, 'x'))) << i;
    auto const response = client.response();
    EXPECT_EQ(response.status, 413);
    EXPECT_NE(response.head.find("Connection: close"), std::string::npos);
    EXPECT_TRUE(client.closed());
}

TEST_F(ServerTest, refuses_a_length_that_no_body_has)
{
    EXPECT_EQ(ask(request("POST", "/echo", "Content-Length: 18446744073709551615\r\n")).status, 413);
    EXPECT_EQ(ask(request("POST", "/echo", "Content-Length: 18446744073709551616\r\n")).status, 400);
    EXPECT_EQ(ask(request("POST", "/echo", "Content-Length: -1\r\n")).status, 400);
}

TEST_F(ServerTest, refuses_a_request_whose_end_is_told_twice)
{
    for (auto const* headers :
         {"Content-Length: 3\r\nContent-Length: 4\r\n", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"}) {
        RawConnection client(port());
        client.send(request("POST", "/echo", headers, "abc"));
        EXPECT_EQ(client.response().status, 400) << headers;
        EXPECT_TRUE(client.closed()) << headers;
    }
}

TEST_F(ServerTest, refuses_headers_beyond_16_kib)
{
    RawConnection client(port());
    client.send(request("GET", "/hello", "X-Long: " + std::string(20'000, 'x') + "\r\n"));
    EXPECT_EQ(client.response().status, 431);
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(ask(request("GET", "/" + std::string(20'000, 'x'))).status, 414);
    EXPECT_EQ(ask(request("GET", "/hello", "X-Long: " + std::string(15'000, 'x') + "\r\n")).status, 200);
}

TEST_F(ServerTest, refuses_what_is_not_http)
{
    using namespace std::string_literals;
    for (auto const& bytes :
         {"\x16\x03\x01\x02 hello TLS\r\n\r\n"s, "GET /hello\r\n\r\n"s, "GET /hello HTTP/3.0\r\n\r\n"s,
          "\r\n\0\0\r\n\r\n"s, "GET /hello HTTP/1.1\r\nHost : localhost\r\n\r\n"s,
          "GET /hel\0lo HTTP/1.1\r\nHost: localhost\r\n\r\n"s}) {
        EXPECT_EQ(ask(bytes).status, 400) << bytes;
    }
}

TEST_F(ServerTest, needs_one_host)
{
    EXPECT_EQ(ask("GET /hello HTTP/1.1\r\n\r\n").status, 400);
    EXPECT_EQ(ask("GET /hello HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n").status, 400);
    EXPECT_EQ(ask("GET /hello HTTP/1.0\r\n\r\n").status, 200);
}

TEST_F(ServerTest, on_loopback_answers_for_this_machine_only)
{
    for (auto const* host : {"localhost", "LOCALHOST:8000", "127.0.0.1:8000", "127.9.9.9", "[::1]:8000"}) {
        EXPECT_EQ(ask(std::string("GET /hello HTTP/1.1\r\nHost: ") + host + "\r\n\r\n").status, 200) << host;
    }
    for (auto const* host : {"evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example",
                             "10.0.0.1", "[::2]"}) {
        auto const response = ask(std::string("GET /hello HTTP/1.1\r\nHost: ") + host + "\r\n\r\n");
        EXPECT_EQ(response.status, 403) << host;
        EXPECT_NE(response.body.find(host), std::string::npos) << response.body;
    }
}

TEST_F(ServerTest, bound_to_the_network_answers_for_any_name)
{
    options.host = "0.0.0.0";
    EXPECT_EQ(ask("GET /hello HTTP/1.1\r\nHost: robot.example\r\n\r\n").status, 200);
}

TEST_F(ServerTest, refuses_what_a_foreign_page_asks)
{
    for (auto const* origin :
         {"http://evil.example", "null", "http://localhost.evil.example", "http://localhost:1", "evil", "http://"}) {
        EXPECT_EQ(ask(request("POST", "/echo", std::string("Content-Length: 0\r\nOrigin: ") + origin + "\r\n")).status,
                  403)
            << origin;
    }
    EXPECT_EQ(ask(request("POST", "/echo", "Content-Length: 0\r\nOrigin: http://localhost\r\n")).status, 200);
}

TEST_F(ServerTest, answers_head_without_a_body)
{
    RawConnection client(port());
    client.send(request("HEAD", "/hello") + request("GET", "/hello"));
    auto const head = client.response(true);
    EXPECT_EQ(head.status, 200);
    EXPECT_NE(head.head.find("Content-Length: 5\r\n"), std::string::npos);
    EXPECT_EQ(client.response().body, "hello");
}

TEST_F(ServerTest, names_the_methods_of_a_path)
{
    auto const response = ask(request("DELETE", "/hello"));
    EXPECT_EQ(response.status, 405);
    EXPECT_NE(response.head.find("\r\nAllow: GET\r\n"), std::string::npos);
}

TEST_F(ServerTest, survives_a_handler_that_throws)
{
    RawConnection client(port());
    client.send(request("GET", "/broken") + request("GET", "/hello"));
    auto const response = client.response();
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.body.find("the secret"), std::string::npos);
    EXPECT_EQ(client.response().body, "hello");
}

TEST_F(ServerTest, sends_a_file_of_any_length)
{
    std::string bytes(3'000'000, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 / 7);
    test::put(folder / "model.zip", bytes);
    RawConnection client(port());
    client.send(request("GET", "/file/model.zip") + request("HEAD", "/file/model.zip") + request("GET", "/hello"));
    auto const response = client.response();
    EXPECT_NE(response.head.find("Content-Type: application/zip\r\n"), std::string::npos);
    EXPECT_TRUE(response.body == bytes);
    EXPECT_NE(client.response(true).head.find("Content-Length: 3000000\r\n"), std::string::npos);
    EXPECT_EQ(client.response().body, "hello");
}

TEST_F(ServerTest, sends_an_empty_file_and_misses_one_that_is_gone)
{
    test::put(folder / "empty", "");
    EXPECT_NE(ask(request("GET", "/file/empty")).head.find("Content-Length: 0\r\n"), std::string::npos);
    EXPECT_EQ(ask(request("GET", "/file/gone")).status, 404);
}

TEST_F(ServerTest, survives_a_client_that_leaves_in_the_middle)
{
    test::put(folder / "model.zip", std::string(3'000'000, 'x'));
    for (auto const& bytes : {std::string("GET /hel"), request("POST", "/echo", "Content-Length: 100\r\n", "half"),
                              request("GET", "/file/model.zip")}) {
        RawConnection client(port());
        client.send(bytes);
    }
    EXPECT_EQ(ask(request("GET", "/hello")).status, 200);
}

TEST_F(ServerTest, gives_up_on_a_head_that_never_ends)
{
    options.deadlines.header = std::chrono::seconds(1);
    RawConnection client(port());
    client.send("GET /hello HTTP/1.1\r\nHost:");
    EXPECT_EQ(client.response().status, 408);
    EXPECT_TRUE(client.closed());
}

TEST_F(ServerTest, gives_up_on_a_body_that_stalls)
{
    options.deadlines.stall = std::chrono::seconds(1);
    RawConnection client(port());
    client.send(request("POST", "/echo", "Content-Length: 100\r\n", "half"));
    EXPECT_EQ(client.response().status, 408);
    EXPECT_TRUE(client.closed());
}

TEST_F(ServerTest, bounds_the_bytes_of_all_bodies_together)
{
    options.most_body_bytes_in_memory = 100;
    auto const response = ask(post(std::string(101, 'x')));
    EXPECT_EQ(response.status, 503);
    EXPECT_NE(response.head.find("Retry-After: "), std::string::npos);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(post(std::string(100, 'x'))).status, 200) << i; // and gives them back
}

TEST_F(ServerTest, bounds_the_number_of_connections)
{
    options.most_connections = 1;
    RawConnection first(port());
    first.send(request("GET", "/hello"));
    ASSERT_EQ(first.response().status, 200);
    RawConnection second(port()); // it is the one that is likelier to ask
    second.send(request("GET", "/hello"));
    EXPECT_EQ(second.response().status, 200);
    EXPECT_TRUE(first.closed());
}

TEST_F(ServerTest, names_the_flag_when_its_port_is_taken)
{
    options.port = port();
    test::Io io;
    Metrics metrics;
    auto const bound = Server(io.executor(), router, metrics, options).listen();
    ASSERT_FALSE(bound);
    EXPECT_EQ(bound.error().code, Errc::unavailable);
    EXPECT_EQ(bound.error().message, "--port (NODE_PORT): 127.0.0.1:" + std::to_string(port()) +
                                         " is taken by another program: end it or choose another port");
}

TEST_F(ServerTest, names_the_flag_when_its_host_is_none_of_this_machine)
{
    test::Io io;
    Metrics metrics;
    options.host = "192.0.2.1"; // reserved for documentation
    options.port = 0;
    auto const bound = Server(io.executor(), router, metrics, options).listen();
    ASSERT_FALSE(bound);
    EXPECT_EQ(bound.error().code, Errc::invalid_argument);
    EXPECT_NE(bound.error().message.find("--host (NODE_HOST)"), std::string::npos) << bound.error().message;
}

TEST_F(ServerTest, lets_the_request_in_hand_be_answered_when_it_finishes)
{
    RawConnection idle(port());
    RawConnection client(port());
    client.send(request("GET", "/slow"));
    in_hand.wait();
    auto finished = server->finish(std::chrono::seconds(10));
    EXPECT_TRUE(idle.closed());
    EXPECT_FALSE(RawConnection(port()).connected());
    go_on.count_down();
    auto const response = client.response();
    EXPECT_EQ(response.body, "at last");
    EXPECT_NE(response.head.find("Connection: close"), std::string::npos);
    finished.get();
}

TEST_F(ServerTest, ends_the_rest_when_its_grace_is_over)
{
    RawConnection client(port());
    client.send(request("GET", "/hello") + "GET /hello HTTP/1.1\r\n"); // and never the end
    ASSERT_EQ(client.response().status, 200);
    server->finish(std::chrono::milliseconds(20)).get();
    EXPECT_TRUE(client.closed());
}

} // namespace
} // namespace learning_loop::http
