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

/// What a client asks a server for a WebSocket with.
struct WebSocketRequest {
    std::string target;                        ///< Path and query behind the path of the client's URL, percent-encoded.
    Headers headers;                           ///< Beside those of the protocol and of the client.
    std::chrono::milliseconds timeout{20'000}; ///< From the connection, which has a limit of its own, to the WebSocket.
    std::size_t max_message_bytes = 64u << 20;
};

/// Opens a WebSocket to the server of `client`, with the client's CA file and token, through the proxy that the
/// environment names. Errors: unavailable if the server cannot be reached, cannot prove that it is the right one, or
/// opens no WebSocket; the message tells the reason. invalid_argument if the client's URL or CA file is invalid.
Task<Result<std::shared_ptr<WebSocket>>> open_websocket(Client& client, WebSocketRequest request);

} // namespace learning_loop::http
