#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/socketio/engineio/send_queue.h"
#include "learning_loop/socketio/engineio/server_session.h"
#include "learning_loop/http/api/router.h"

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace learning_loop::engineio {

/// What is told of the sessions, on the io thread. Each may call back into the server.
struct Application {
    std::function<void(std::string const& sid, http::Headers const& handshake)> opened;
    std::function<void(std::string const& sid, Message message)> received;
    std::function<void(std::string const& sid, std::string const& why)> closed;
    std::function<void(std::string const& sid, std::size_t bytes)>
        receiving; ///< Of a message not yet whole. May be empty.
};

/// Engine.IO 4 below one path of an HTTP server: long-polling, WebSocket, and the upgrade from one to the other. Build
/// it before the http::Server that serves its routes, which must be gone first. To be used on the io thread.
class Server {
public:
    Server(boost::asio::any_io_executor executor, SessionOptions options, Application application,
           std::size_t max_sessions = 20'000); ///< One more is answered 503.
    ~Server();

    /// Adds the routes of `path`, as `/engine.io`.
    void add_to(http::Router& router, std::string const& path);

    Task<> run(); ///< Keeps the time: pings and deadlines. Until cancelled.

    /// These messages, in this order. Nothing happens when the session is over.
    void send(std::string const& sid, std::vector<Message> messages);
    void close(std::string const& sid, std::string why, http::CloseCode code = http::CloseCode::normal);

    /// Closes all sessions and waits until what was to be sent is sent, at most a second. New ones are answered 503.
    Task<> finish();

    std::size_t sessions() const { return sessions_.size(); }

private:
    struct Poll;
    struct Session;
    using SessionPtr = std::shared_ptr<Session>; // shared: by the map and by what runs for it when it ends

    Task<Result<http::Response>> get(http::Request request);
    Task<Result<http::Response>> post(http::Request request);
    Task<Result<http::Response>> refuse(http::Request request);

    http::Response open_polling(http::Headers const& handshake);
    http::Response open_websocket(http::Headers handshake);
    http::Response upgrade(SessionPtr const& session);
    Task<http::Response> poll(SessionPtr session);
    Task<> serve_websocket(std::shared_ptr<http::WebSocket> socket, http::Headers handshake);
    Task<> serve_probe(std::shared_ptr<http::WebSocket> socket, SessionPtr session);
    Task<> read_frames(std::shared_ptr<http::WebSocket> socket, SessionPtr session);

    void receive(Session& session, std::size_t bytes);
    SessionPtr begin(Transport transport);
    SessionPtr find(std::string_view sid) const;
    std::optional<std::string> execute(SessionPtr const& session, ServerActions actions);
    std::shared_ptr<SendQueue> send_queue_of(std::shared_ptr<http::WebSocket> socket, SessionPtr const& session);

    SessionOptions options_;
    Application application_;
    std::size_t max_sessions_;
    bool finishing_ = false;
    std::unordered_map<std::string, SessionPtr> sessions_;
    Pause next_;
    Time looks_at_{}; ///< When `run` looks at the sessions again, if nobody wakes it.
    TaskGroup writers_;
};

} // namespace learning_loop::engineio
