#include "learning_loop/http/client/open_websocket.h"

#include "learning_loop/http/client/client.h"
#include "learning_loop/http/websocket/websocket.h"
#include "learning_loop/http/tls.h"

namespace learning_loop::http {
namespace {

struct Server {
    std::string authority; ///< As it stands in the header Host.
    std::string name;      ///< Without brackets and port.
};

Server server_of(std::string_view url)
{
    Server server;
    server.authority = url.substr(url.find("://") + 3);
    auto const& authority = server.authority;
    if (authority.starts_with('[')) server.name = authority.substr(1, authority.find(']') - 1);
    else server.name = authority.substr(0, authority.find(':'));
    return server;
}

} // namespace

Task<Result<std::shared_ptr<WebSocket>>> open_websocket(Client& client, WebSocketRequest request)
{
    auto const& settings = client.settings();
    auto const server = server_of(settings.base_url);
    auto const tls = co_await client.tls();
    if (!tls) co_return tls.error();
    auto connected = co_await client.connect();
    if (!connected) co_return connected.error();
    Stream stream(std::move(*connected), tls->get());
    if (stream.tls()) expect_host(stream.tls()->native_handle(), server.name);
    if (auto const cookies = client.cookies_for(request.target); !cookies.empty())
        request.headers.add("Cookie", cookies);
    if (!settings.bearer_token.empty()) request.headers.add("Authorization", "Bearer " + settings.bearer_token);
    BodyBudget own(4 * request.max_message_bytes); // one connection, a few messages in hand
    auto const socket =
        std::make_shared<WebSocket>(std::move(stream), std::string(), request.max_message_bytes, std::move(own));
    socket->end_within(request.timeout);
    auto const opened = co_await socket->connect(server.authority, request.target, std::move(request.headers));
    if (!opened) co_return Error{opened.error().code, settings.base_url + ": " + opened.error().message};
    socket->lift_limit();
    co_return socket;
}

} // namespace learning_loop::http
