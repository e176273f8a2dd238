#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/http/message.h"

#include <chrono>
#include <memory>
#include <string>

namespace learning_loop::http {

class Client;
class WebSocket;

/// A WebSocket that is wanted from a server.
struct WebSocketRequest {
    std::string target; ///< Path and query, percent-encoded.
    Headers headers;    ///< Beside those of the protocol: cookies and the like.
    std::chrono::milliseconds timeout{
        20'000}; ///< From the connection (the client has a limit for that) to the WebSocket.
    std::size_t max_message_bytes = 64u << 20;
};

/// Opens a WebSocket to the server of `client`, with its CA file and token, through the proxy that the environment
/// names. unavailable: the server cannot be reached, is not who it should be or does not grant it, in words.
Task<Result<std::shared_ptr<WebSocket>>> open_websocket(Client& client, WebSocketRequest request);

} // namespace learning_loop::http
