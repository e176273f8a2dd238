#include "learning_loop/net/http/open_websocket.h"

#include "learning_loop/net/http/client.h"
#include "learning_loop/net/http/websocket.h"
#include "learning_loop/net/tls.h"

namespace learning_loop::http {
namespace {

struct Server {
    bool is_secure = false;
    std::string authority; ///< As it stands in the header Host.
    std::string name;      ///< Without brackets and port.
};

Server server_of(std::string_view url)
{
    Server server;
    server.is_secure = url.starts_with("https://");
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
    std::shared_ptr<boost::asio::ssl::context> tls; // shared with nobody but load_client_tls
    if (server.is_secure) {
        auto loaded = load_client_tls(settings.ca_file);
        if (!loaded) co_return loaded.error();
        tls = std::move(*loaded);
    }
    auto connected = co_await client.connect();
    if (!connected) co_return connected.error();
    Stream stream(std::move(*connected), tls.get());
    if (stream.tls()) expect_host(stream.tls()->native_handle(), server.name);
    if (auto const cookies = client.cookies_for(request.target); !cookies.empty())
        request.headers.add("Cookie", cookies);
    if (!settings.bearer_token.empty()) request.headers.add("Authorization", "Bearer " + settings.bearer_token);
    BodyBudget own(4 * request.most_message_bytes); // one connection, a few messages in hand
    auto const socket =
        std::make_shared<WebSocket>(std::move(stream), std::string(), request.most_message_bytes, std::move(own));
    socket->end_within(request.timeout);
    auto const opened = co_await socket->connect(server.authority, request.target, std::move(request.headers));
    if (!opened) co_return Error{opened.error().code, settings.base_url + ": " + opened.error().message};
    socket->lift_limit();
    co_return socket;
}

} // namespace learning_loop::http
