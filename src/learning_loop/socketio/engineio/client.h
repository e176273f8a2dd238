#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/http/client/client.h"
#include "learning_loop/socketio/engineio/client_session.h"
#include "learning_loop/socketio/engineio/send_queue.h"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop::engineio {

struct ClientOptions {
    std::string path = "/socket.io/"; ///< The default of most servers.
    http::Headers headers;            ///< Of every request, beside cookies and token of the http::Client.
    ClientSessionOptions session;
    std::chrono::seconds handshake_timeout{20}; ///< For opening the session, and for an upgrade.
    std::size_t max_message_bytes = (64u << 20) + (64u << 10);
};

/// What a client calls on the io thread. Each function may call back into the client.
struct ClientApplication {
    std::function<void()> opened;
    std::function<void(Message message)> received;
    std::function<void(std::size_t bytes)> receiving; ///< Bytes of a message that may not be complete yet.
};

/// One session with an Engine.IO 4 server, over a WebSocket, or by long-polling and an upgrade. Must be used on the io
/// thread.
class Client {
public:
    /// `http` is a client of the server and must outlive this one.
    Client(boost::asio::any_io_executor executor, http::Client& http, ClientOptions options,
           ClientApplication application);
    ~Client();

    /// Opens the session and returns why it ended. Must be called once. If it is cancelled, it ends the session.
    Task<std::string> run();

    bool is_over() const { return core_.is_over(); }

    void send(std::vector<Message> messages); ///< In this order. Nothing happens unless the session is open.
    void close(std::string why, http::CloseCode code = http::CloseCode::normal); ///< Ends `run`.

private:
    using Socket = std::shared_ptr<http::WebSocket>; // shared: by the coroutine that reads and the SendQueue

    Task<> open();
    Task<> poll(std::chrono::milliseconds after);
    Task<> wind_up();
    Task<> post(std::string payload);
    Task<> probe();
    Task<> read_frames(Socket socket);
    Task<> watch();
    Task<Result<Socket>> open_websocket();
    std::string target(Transport transport) const;
    std::shared_ptr<SendQueue> send_queue_of(Socket socket);
    void execute(ClientActions actions);
    void execute(ClientAction action);
    void use(Socket const& socket, std::shared_ptr<SendQueue> queue);
    void handle(http::WebSocket& socket, std::optional<Message> frame);
    void promote();
    void drop_probe(http::CloseCode code);
    void end(End end);

    boost::asio::any_io_executor executor_;
    ClientOptions options_;
    ClientApplication application_;
    http::Client& http_;
    ClientSession core_;
    std::shared_ptr<SendQueue> websocket_;
    std::shared_ptr<SendQueue> probe_;
    Socket probe_socket_;
    std::deque<ClientAction> actions_; ///< Not executed yet.
    bool executes_ = false;
    std::string why_;
    Pause over_;
    TaskGroup tasks_;
    TaskGroup writers_; ///< They get some time at the end, for what is sent last.
};

} // namespace learning_loop::engineio
