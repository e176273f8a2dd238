#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/socketio/engineio/application.h"
#include "learning_loop/socketio/engineio/server_session.h"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>
#include <vector>

namespace learning_loop::http {
class Router;
class WebSocket;
} // namespace learning_loop::http

namespace learning_loop::engineio {

struct OpenSession;
class Sessions;

/// Engine.IO 4 below one path of an HTTP server: long-polling, WebSocket, and the upgrade from one to the other. Must
/// be built before the http::Server that serves its routes, which must be destroyed first. Must be used on the io
/// thread.
class Server {
public:
    /// A session beyond `max_sessions` is answered 503.
    Server(boost::asio::any_io_executor executor, SessionOptions const& options, Application application,
           std::size_t max_sessions = 20'000);
    ~Server();

    /// Adds the routes of a path, e.g. `/engine.io`.
    void add_to(http::Router& router, std::string const& path);

    Task<> run(); ///< Sends pings and enforces deadlines until it is cancelled.

    /// Sends messages in this order. Nothing happens if the session is over. `is_alone`: see Packet.
    void send(std::string const& sid, std::vector<Message> messages, bool is_alone = false);
    void close(std::string const& sid, std::string why, http::CloseCode code = http::CloseCode::normal);

    /// Closes all sessions and waits until everything has been sent, at most a second. New sessions are answered 503.
    Task<> finish();

    std::size_t sessions() const;

private:
    using SessionPtr = std::shared_ptr<OpenSession>; // shared: see Sessions
    using Socket = std::shared_ptr<http::WebSocket>; // shared: by the coroutine that reads and the SendQueue

    Task<Result<http::Response>> get(http::Request request);
    Task<Result<http::Response>> post(http::Request request);
    Task<Result<http::Response>> refuse(http::Request request);

    http::Response open_polling(Handshake const& handshake);
    http::Response open_websocket(Handshake handshake);
    http::Response upgrade(SessionPtr const& session);
    Task<http::Response> poll(SessionPtr session);
    Task<> serve_websocket(Socket socket, Handshake handshake);
    Task<> serve_probe(Socket socket, SessionPtr session);
    Task<> read_frames(Socket socket, SessionPtr session);

    SessionOptions options_;
    std::unique_ptr<Sessions> sessions_;
};

} // namespace learning_loop::engineio
