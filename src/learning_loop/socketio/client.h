#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/retry.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/socketio/engineio/client.h"
#include "learning_loop/socketio/acks.h"
#include "learning_loop/socketio/client_session.h"
#include "learning_loop/socketio/events.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace learning_loop::socketio {

struct ClientSettings {
    engineio::ClientSettings connection;
    std::string nsp = "/";
    boost::json::value auth;                        ///< For the server; null: none.
    std::chrono::milliseconds join_timeout{20'000}; ///< For the answer to our CONNECT.
    std::chrono::milliseconds first_wait{2000}; ///< Before it connects again: half to the whole of it, then doubling.
    std::chrono::milliseconds longest_wait{30'000};
    PacketLimits packets;
    LoadLimits load;                                             ///< An event beyond it is acked with an error.
    Arguments (*error_ack)(Error const&) = &socketio::error_ack; ///< What the ack of a failed event carries.
};

/// A connection to one namespace of a Socket.IO 5 server, which comes back whenever it is lost. To be used on the io
/// thread.
class Client {
public:
    /// `http`: of the server, with its cookies; outlives the client.
    Client(boost::asio::any_io_executor executor, http::Client& http, ClientSettings settings);

    Events events;                                            ///< Of the server. Filled before `run`.
    std::function<void()> connected;                          ///< From now on events go through. May be empty.
    std::function<void(std::string const& why)> disconnected; ///< Also when connecting failed. May be empty.

    /// Asked before each connection for headers of its handshake, as fresh cookies; its error counts as a failure to
    /// connect. May be empty.
    std::function<Task<Result<http::Headers>>()> prepare;

    /// Connects, and connects again with growing, jittered waits. Until cancelled; then the server is told, as far as
    /// it listens, within a second.
    Task<> run();

    bool is_connected() const { return core_ && core_->has_joined() && engine_ && !engine_->is_over(); }

    /// Sends it, as far as there is a connection. unavailable: there is none.
    Result<void> emit(std::string const& event, Arguments arguments);

    /// Emits, and waits for the ack. unavailable: there is no connection, it was lost, or no ack came in time.
    Task<Result<Arguments>> call(std::string event, Arguments arguments, std::chrono::milliseconds timeout);

    /// Lets the connection go; a new one follows after the first wait. For an application that has found it useless.
    void renew(std::string why);

private:
    Task<> connect_for_ever();
    Task<std::string> one_connection();
    Task<> watch();
    Task<> answer(Event event);
    void forget_connection();
    engineio::ClientApplication application();
    void execute(ClientActions actions);
    void handle(Event event);
    void acknowledge(std::optional<std::uint64_t> ack_id, Result<Arguments> result);

    boost::asio::any_io_executor executor_;
    http::Client& http_;
    ClientSettings settings_;
    PeerPtr server_;
    std::unique_ptr<engineio::Client> engine_; ///< Of the connection that there is; no longer than `core_`.
    std::unique_ptr<ClientSession> core_;
    engineio::Time join_until_{};
    std::uint64_t connection_ = 0; ///< Counts them: an ack belongs to the one that its event came over.
    Load load_;
    Acks acks_;
    Backoff backoff_;
    Pause pause_;
    TaskGroup tasks_;
};

} // namespace learning_loop::socketio
