#include "learning_loop/http/client/open_websocket.h"

#include "learning_loop/http/client/client.h"
#include "learning_loop/http/tls.h"
#include "learning_loop/http/url.h"
#include "learning_loop/http/websocket/websocket.h"

namespace learning_loop::http {

Task<Result<std::shared_ptr<WebSocket>>> open_websocket(Client& client, WebSocketRequest request)
{
    auto const& options = client.options();
    auto const server = parse_url(options.base_url);
    if (!server) co_return Error{Errc::invalid_argument, options.base_url + ": is no URL of a server"};
    auto const tls = co_await client.load_tls();
    if (!tls) co_return tls.error();
    auto connected = co_await client.connect();
    if (!connected) co_return connected.error();
    Stream stream(std::move(*connected), tls->get());
    if (stream.tls()) expect_host(stream.tls()->native_handle(), server->authority.host);
    if (auto const cookies = client.cookies_for(request.target); !cookies.empty())
        request.headers.add("Cookie", cookies);
    if (!options.bearer_token.empty()) request.headers.add("Authorization", "Bearer " + options.bearer_token);
    BodyBudget own(4 * request.max_message_bytes); // for one connection: a few messages at a time
    auto const socket =
        std::make_shared<WebSocket>(std::move(stream), std::string(), request.max_message_bytes, std::move(own));
    socket->end_within(request.timeout);
    auto target = path_prefix_of(server) + request.target;
    auto const opened = co_await socket->connect(server->authority_text, std::move(target), std::move(request.headers));
    if (!opened) co_return Error{opened.error().code, options.base_url + ": " + opened.error().message};
    socket->lift_limit();
    co_return socket;
}

} // namespace learning_loop::http
