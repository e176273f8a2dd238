#include "integration/http/websocket/websocket_fixture.h"

#include "learning_loop/http/websocket/websocket.h"

namespace learning_loop::http {
namespace {

Task<> send_back(std::shared_ptr<WebSocket> socket, test::Notes& why_closed)
{
    for (;;) {
        auto const message = co_await socket->read();
        if (!message) break;
        co_await socket->write(message->is_binary, message->bytes.view());
    }
    why_closed.add(socket->why_closed());
    co_await socket->close(socket->code_to_send());
}

Task<> say_bye(std::shared_ptr<WebSocket> socket)
{
    co_await socket->read();
    co_await socket->close(CloseCode::normal);
}

} // namespace

WebSocketFixture::WebSocketFixture()
{
    router.add("GET", "/ws", [this](Request) -> Task<Result<Response>> {
        Response response;
        response.body = WebSocketBody{max_message_bytes, [this](std::shared_ptr<WebSocket> socket) {
                                          return send_back(std::move(socket), why_closed);
                                      }};
        co_return response;
    });
    router.add("GET", "/ws/bye", [this](Request) -> Task<Result<Response>> {
        Response response;
        response.body = WebSocketBody{max_message_bytes, say_bye};
        co_return response;
    });
}

std::uint16_t WebSocketFixture::code_after(std::string_view bytes)
{
    test::RawWebSocket client(port(), "/ws");
    EXPECT_EQ(client.handshake_response().status, 101);
    client.connection().send(bytes);
    auto const code = client.close_code();
    EXPECT_TRUE(client.connection().closed());
    return code;
}

void WebSocketFixture::expect_echo(test::RawWebSocket& client, std::string const& text)
{
    ASSERT_TRUE(client.send_text(text));
    auto const frame = client.read();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->opcode, test::Opcode::text);
    EXPECT_TRUE(frame->payload == text) << frame->payload.size() << " bytes came";
}

bool WebSocketFixture::has_connections(int count, std::chrono::milliseconds most)
{
    return test::eventually([&] { return metric("http_connections") == std::to_string(count); }, most);
}

std::string WebSocketFixture::metric(std::string const& name)
{
    auto const text = "\n" + server->metrics_text();
    auto const at = text.find("\n" + name + " ");
    if (at == std::string::npos) return "";
    auto const value = at + name.size() + 2;
    return text.substr(value, text.find('\n', value) - value);
}

} // namespace learning_loop::http
