#include "learning_loop/http/server/server.h"

#include "learning_loop/http/server/listener.h"

#include "integration/http/server/server_fixture.h"
#include "support/run.h"

namespace learning_loop::http {
namespace {

using test::RawConnection;

struct ServerTest : ServerFixture {};

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

TEST_F(ServerTest, reads_a_request_that_comes_byte_by_byte)
{
    RawConnection client(port());
    for (char const byte : post("/echo", "in pieces")) ASSERT_TRUE(client.send({&byte, 1}));
    EXPECT_EQ(client.response().body, "in pieces");
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
    for (auto const* origin : {"http://evil.example", "null", "http://localhost.evil.example", "http://localhost:1",
                               "evil", "http://", "ftp://localhost"}) {
        EXPECT_EQ(ask(request("POST", "/echo", std::string("Content-Length: 0\r\nOrigin: ") + origin + "\r\n")).status,
                  403)
            << origin;
    }
    EXPECT_EQ(ask(request("POST", "/echo", "Content-Length: 0\r\nOrigin: http://localhost\r\n")).status, 200);
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

TEST_F(ServerTest, names_the_flag_when_its_port_is_taken)
{
    options.port = port();
    test::Io io;
    auto const bound = Listener(io.executor(), options).open();
    ASSERT_FALSE(bound);
    EXPECT_EQ(bound.error().code, Errc::unavailable);
    EXPECT_EQ(bound.error().message, "--port (NODE_PORT): 127.0.0.1:" + std::to_string(port()) +
                                         " is taken by another program: end it or choose another port");
}

TEST_F(ServerTest, names_the_flag_when_its_host_is_none_of_this_machine)
{
    test::Io io;
    options.host = "192.0.2.1"; // reserved for documentation
    options.port = 0;
    auto const bound = Listener(io.executor(), options).open();
    ASSERT_FALSE(bound);
    EXPECT_EQ(bound.error().code, Errc::invalid_argument);
    EXPECT_NE(bound.error().message.find("--host (NODE_HOST)"), std::string::npos) << bound.error().message;
}

TEST_F(ServerTest, lets_the_request_in_hand_be_answered_when_it_finishes)
{
    RawConnection idle(port());
    RawConnection client(port());
    client.send(request("GET", "/slow"));
    in_flight.wait();
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
