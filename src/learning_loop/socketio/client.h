#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/retry.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/socketio/acks.h"
#include "learning_loop/socketio/client_session.h"
#include "learning_loop/socketio/engineio/client.h"
#include "learning_loop/socketio/events.h"
#include "learning_loop/socketio/load.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace learning_loop::socketio {

struct ClientOptions {
    engineio::ClientOptions connection;
    std::string nsp = "/";
    boost::json::value auth;                        ///< Sent with our CONNECT; null if there is nothing to send.
    std::chrono::milliseconds join_timeout{20'000}; ///< For the answer to our CONNECT.
    std::chrono::milliseconds first_wait{2000}; ///< Before it connects again: half to the whole of it, then doubling.
    std::chrono::milliseconds max_wait{30'000};
    PacketLimits packets;
    LoadLimits load;                                             ///< An event beyond them is acked with an error.
    Arguments (*error_ack)(Error const&) = &socketio::error_ack; ///< Makes the ack of an event that failed.
};

/// A connection to one namespace of a Socket.IO 5 server, which is opened again whenever it is lost. Must be used on
/// the io thread.
class Client {
public:
    /// `http` is a client of the server, with its cookies, and must outlive this one.
    Client(boost::asio::any_io_executor executor, http::Client& http, ClientOptions options);

    Events events;                                            ///< Of the server. Must be filled before `run`.
    std::function<void()> connected;                          ///< From now on events go through. May be empty.
    std::function<void(std::string const& why)> disconnected; ///< Also called if connecting fails. May be empty.

    /// Returns headers for the handshake of the next connection, e.g. fresh cookies. An error counts as a failure to
    /// connect. May be empty.
    std::function<Task<Result<http::Headers>>()> prepare;

    /// Connects, and connects again with growing, jittered waits, until it is cancelled. Then it tells the server,
    /// which takes a second at most.
    Task<> run();

    bool is_connected() const { return core_ && core_->has_joined() && engine_ && !engine_->is_over(); }

    /// Sends an event. Errors: unavailable if there is no connection.
    Result<void> emit(std::string const& event, Arguments arguments);

    /// Emits and waits for the ack. Errors: unavailable if there is no connection, if it is lost, or if no ack comes in
    /// time.
    Task<Result<Arguments>> call(std::string event, Arguments arguments, std::chrono::milliseconds timeout);

    /// Closes the connection and opens another one after the first wait, or at once if there was none. For an
    /// application that finds it useless.
    void renew(std::string why);

private:
    Task<> connect_for_ever();
    Task<std::string> run_connection();
    Task<> watch();
    Task<> answer(Event event);
    void forget_connection();
    engineio::ClientApplication application();
    void execute(ClientActions actions);
    void join();
    void handle(Event event);
    void acknowledge(std::optional<std::uint64_t> ack_id, Result<Arguments> result);

    boost::asio::any_io_executor executor_;
    http::Client& http_;
    ClientOptions options_;
    PeerPtr server_;
    std::unique_ptr<engineio::Client> engine_; ///< Of the current connection. Never outlives `core_`.
    std::unique_ptr<ClientSession> core_;
    engineio::Time join_until_{};
    std::uint64_t connection_ = 0; ///< Its number: an ack must go over the connection that its event came over.
    Load load_;
    Acks acks_;
    Backoff backoff_;
    Pause pause_;
    TaskGroup tasks_;
};

} // namespace learning_loop::socketio
