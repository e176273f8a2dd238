#include "integration/http/server/server_fixture.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <optional>

namespace learning_loop::http {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;

/// A client that speaks one version of TLS and asks for one thing per connection.
class TlsClient {
public:
    TlsClient(std::uint16_t port, int version) : stream_(socket_, context_)
    {
        auto* const native = stream_.native_handle();
        SSL_set_min_proto_version(native, version);
        SSL_set_max_proto_version(native, version);
        SSL_set_security_level(native, 0); // this side would speak anything
        socket_.connect({asio::ip::address_v4::loopback(), port});
        stream_.handshake(ssl::stream_base::client, failure_);
    }

    boost::system::error_code failure() const { return failure_; }
    std::string version() { return SSL_get_version(stream_.native_handle()); } ///< That was agreed on.

    /// Everything that comes back on these bytes, which ask for the connection's end.
    std::string ask(std::string const& bytes)
    {
        asio::write(stream_, asio::buffer(bytes), failure_);
        std::string answer;
        asio::read(stream_, asio::dynamic_buffer(answer), failure_);
        return answer;
    }

private:
    asio::io_context io_;
    ssl::context context_{ssl::context::tls_client};
    tcp::socket socket_{io_};
    ssl::stream<tcp::socket&> stream_;
    boost::system::error_code failure_;
};

std::string body_of(std::string const& answer)
{
    auto const end = answer.find("\r\n\r\n");
    return end == std::string::npos ? "no answer: " + answer : answer.substr(end + 4);
}

struct TlsServerTest : ServerFixture {
    TlsServerTest() { use_new_certificate(); }
    void expect_hello(int version)
    {
        TlsClient client(port(), version);
        EXPECT_FALSE(client.failure()) << client.failure().message();
        EXPECT_EQ(body_of(client.ask(request("GET", "/hello", "Connection: close\r\n"))), "hello");
    }
};

/// Bytes in which no two places look the same.
std::string large_text(std::size_t bytes)
{
    std::string text(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>(i * i / 7 + i / 255);
    return text;
}

TEST_F(TlsServerTest, speaks_1_2_and_1_3)
{
    expect_hello(TLS1_2_VERSION);
    expect_hello(TLS1_3_VERSION);
    EXPECT_EQ(TlsClient(port(), TLS1_3_VERSION).version(), "TLSv1.3");
    EXPECT_EQ(TlsClient(port(), TLS1_2_VERSION).version(), "TLSv1.2");
}

TEST_F(TlsServerTest, refuses_what_is_older)
{
    for (int const version : {TLS1_1_VERSION, TLS1_VERSION}) {
        auto const failure = TlsClient(port(), version).failure();
        EXPECT_NE(failure.message().find("alert protocol version"), std::string::npos) << failure.message();
    }
    expect_hello(TLS1_3_VERSION);
}

TEST_F(TlsServerTest, ends_a_connection_so_that_the_client_knows_nothing_is_missing)
{
    TlsClient client(port(), TLS1_3_VERSION);
    client.ask(request("GET", "/hello", "Connection: close\r\n"));
    EXPECT_EQ(client.failure(), asio::error::eof) << client.failure().message();
}

TEST_F(TlsServerTest, takes_a_large_body_and_gives_a_large_answer)
{
    auto const body = large_text(20'000'000);
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TlsClient client(port(), version);
        EXPECT_TRUE(body_of(client.ask(post("/large", body, "Connection: close\r\n"))) == body);
    }
}

TEST_F(TlsServerTest, gives_a_large_file)
{
    auto const bytes = large_text(20'000'000);
    test::put(folder / "large", bytes);
    TlsClient client(port(), TLS1_3_VERSION);
    EXPECT_TRUE(body_of(client.ask(request("GET", "/file/large", "Connection: close\r\n"))) == bytes);
}

TEST_F(TlsServerTest, answers_pipelined_requests)
{
    TlsClient client(port(), TLS1_3_VERSION);
    auto const answer = client.ask(request("GET", "/seen/1") + post("/echo", "two") +
                                   request("GET", "/seen/3", "Connection: close\r\n"));
    auto const first = answer.find("/seen/1|1|-|-");
    auto const second = answer.find("two");
    EXPECT_LT(first, second);
    EXPECT_LT(second, answer.find("/seen/3|3|-|-"));
}

TEST_F(TlsServerTest, tells_a_client_that_is_refused_or_late)
{
    options.deadlines.stall = 200ms;
    TlsClient refused(port(), TLS1_3_VERSION);
    EXPECT_NE(refused.ask("no HTTP\r\n\r\n").find("HTTP/1.1 400"), std::string::npos);
    TlsClient late(port(), TLS1_3_VERSION);
    EXPECT_NE(late.ask(request("POST", "/echo", "Content-Length: 100\r\n", "half")).find("HTTP/1.1 408"),
              std::string::npos);
}

TEST_F(TlsServerTest, a_client_that_speaks_no_tls_does_no_harm)
{
    for (auto const& bytes :
         {request("GET", "/hello"), std::string(100'000, 'x'), std::string("\x16\x03\x01\xff\xff")}) {
        test::RawConnection plain(port());
        plain.send(bytes);
    }
    test::RawConnection plain(port());
    plain.send(request("GET", "/hello"));
    EXPECT_EQ(plain.response().status, 0);
    EXPECT_EQ(handled, 0);
    expect_hello(TLS1_3_VERSION);
}

TEST_F(TlsServerTest, a_handshake_has_the_deadline_of_a_head)
{
    options.deadlines.header = 200ms;
    test::RawConnection silent(port());
    test::RawConnection half(port());
    half.send("\x16\x03\x01");
    EXPECT_TRUE(silent.closed());
    EXPECT_TRUE(half.closed());
    expect_hello(TLS1_3_VERSION);
}

TEST_F(TlsServerTest, a_plain_server_is_not_harmed_by_a_client_that_speaks_tls)
{
    options.tls_certificate.clear();
    options.tls_key.clear();
    EXPECT_TRUE(TlsClient(port(), TLS1_3_VERSION).failure());
    EXPECT_EQ(ask(request("GET", "/hello")).status, 200);
}

} // namespace
} // namespace learning_loop::http
