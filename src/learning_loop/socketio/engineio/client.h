#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/socketio/engineio/client_session.h"
#include "learning_loop/socketio/engineio/send_queue.h"
#include "learning_loop/http/client/client.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop::engineio {

struct ClientSettings {
    std::string path = "/socket.io/"; ///< As most servers have it.
    http::Headers headers;            ///< Of every request, beside cookies and token of the http::Client.
    ClientOptions session;
    std::chrono::seconds handshake_timeout{20}; ///< For opening the session, and for an upgrade.
    std::size_t max_message_bytes = (64u << 20) + (64u << 10);
};

/// What is told of the session, on the io thread. Each may call back into the client.
struct ClientApplication {
    std::function<void()> opened;
    std::function<void(Message message)> received;
    std::function<void(std::size_t bytes)> receiving; ///< Of a message not yet whole.
};

/// One session with an Engine.IO 4 server: over a WebSocket, or by long-polling and an upgrade. To be used on the io
/// thread.
class Client {
public:
    /// `http`: of the server; outlives the client.
    Client(boost::asio::any_io_executor executor, http::Client& http, ClientSettings settings,
           ClientApplication application);
    ~Client();

    /// Opens the session, and returns why it ended. Call once. Cancelled, it ends the session.
    Task<std::string> run();

    bool is_over() const { return core_.is_over(); }

    void send(std::vector<Message> messages); ///< In this order. Nothing happens unless the session is open.
    void close(std::string why, http::CloseCode code = http::CloseCode::normal); ///< Ends `run`.

private:
    using Socket = std::shared_ptr<http::WebSocket>; // shared: by who reads and who writes

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
    void use(Socket const& socket, std::shared_ptr<SendQueue> send_queue);
    void take(http::WebSocket& socket, std::optional<Message> frame);
    void promote();
    void drop_probe(http::CloseCode code);
    void end(End end);

    boost::asio::any_io_executor executor_;
    ClientSettings settings_;
    ClientApplication application_;
    http::Client& http_;
    ClientSession core_;
    std::shared_ptr<SendQueue> websocket_;
    std::shared_ptr<SendQueue> probe_;
    Socket probe_socket_;
    std::deque<ClientAction> actions_; ///< That are still to be done.
    bool executes_ = false;
    std::string why_;
    Pause over_;
    TaskGroup tasks_;
    TaskGroup writers_; ///< What is sent at the end may still go out.
};

} // namespace learning_loop::engineio
