#include "integration/http/websocket/websocket_fixture.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

namespace learning_loop::http {
namespace {

namespace asio = boost::asio;
using test::Opcode;

/// A client of `/ws` over TLS.
class TlsWebSocket {
public:
    explicit TlsWebSocket(std::uint16_t port)
    {
        stream_.next_layer().connect({asio::ip::address_v4::loopback(), port});
        stream_.handshake(asio::ssl::stream_base::client);
    }
    void send(std::string const& bytes) { asio::write(stream_, asio::buffer(bytes)); }
    std::string head()
    {
        auto const end = asio::read_until(stream_, asio::dynamic_buffer(received_), "\r\n\r\n");
        return taken(end);
    }
    std::string take(std::size_t bytes)
    {
        if (received_.size() < bytes) {
            asio::read(stream_, asio::dynamic_buffer(received_), asio::transfer_at_least(bytes - received_.size()));
        }
        return taken(bytes);
    }
    boost::system::error_code end() ///< What the next read fails with.
    {
        boost::system::error_code failure;
        char byte = 0;
        asio::read(stream_, asio::buffer(&byte, 1), failure);
        return failure;
    }

private:
    std::string taken(std::size_t bytes)
    {
        auto text = received_.substr(0, bytes);
        received_.erase(0, bytes);
        return text;
    }

    asio::io_context io_;
    asio::ssl::context context_{asio::ssl::context::tls_client};
    asio::ssl::stream<asio::ip::tcp::socket> stream_{io_, context_};
    std::string received_;
};

struct TlsWebSocketTest : WebSocketFixture {
    TlsWebSocketTest()
    {
        use_new_certificate();
        max_message_bytes = 1 << 20;
    }
};

TEST_F(TlsWebSocketTest, sends_back_messages_and_closes)
{
    TlsWebSocket client(port());
    client.send(test::handshake("/ws") + test::bytes_of({Opcode::text, "early"}));
    EXPECT_TRUE(client.head().starts_with("HTTP/1.1 101 "));
    EXPECT_EQ(client.take(7), "\x81\x05"
                              "early");
    client.send(test::bytes_of({Opcode::binary, std::string(1 << 20, 'x')}));
    EXPECT_TRUE(client.take((1 << 20) + 10).ends_with(std::string(1 << 20, 'x')));
    client.send(test::bytes_of({Opcode::close, test::close_payload(1000)}));
    EXPECT_EQ(client.take(4), std::string("\x88\x02\x03\xe8", 4));
    EXPECT_TRUE(client.end());
    EXPECT_TRUE(has_connections(0));
}

TEST_F(TlsWebSocketTest, a_client_that_breaks_the_rules_sees_why)
{
    TlsWebSocket client(port());
    client.send(test::handshake("/ws") + test::bytes_of({Opcode::text, "x", true, 0, false, {}}));
    EXPECT_TRUE(client.head().starts_with("HTTP/1.1 101 "));
    EXPECT_EQ(client.take(4), std::string("\x88\x02\x03\xea", 4));
    EXPECT_TRUE(has_connections(0));
}

} // namespace
} // namespace learning_loop::http
