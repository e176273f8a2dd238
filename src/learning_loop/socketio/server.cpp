#include "learning_loop/socketio/server.h"

#include "learning_loop/async/pause.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/overloaded.h"
#include "learning_loop/base/text.h"
#include "learning_loop/socketio/acks.h"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>
#include <vector>

namespace learning_loop::socketio {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds look_again{5}; // whether handlers have ended

/// Asks the application whether a peer may connect. What it throws is logged, and the peer is refused.
Task<Result<void>> ask_admission(Namespace const& nsp, PeerPtr peer)
{
    std::exception_ptr thrown;
    std::string what;
    try {
        co_return co_await nsp.admit(peer);
    } catch (std::exception const& failure) {
        thrown = std::current_exception();
        what = failure.what();
    }
    auto const state = co_await boost::asio::this_coro::cancellation_state;
    bool const is_ending = state.cancelled() != boost::asio::cancellation_type::none;
    if (is_ending) std::rethrow_exception(thrown); // we are shutting down
    log::error("the admission to {}: {}", peer->nsp, what);
    co_return internal_error();
}

/// Counts itself while it lives.
class Counted {
public:
    explicit Counted(int& count) : count_(count) { ++count_; }
    Counted(Counted const&) = delete;
    Counted& operator=(Counted const&) = delete;
    ~Counted() { --count_; }

private:
    int& count_;
};

} // namespace

struct Server::Connection {
    std::string session;
    engineio::Handshake handshake;
    ServerSession core;
    std::map<std::string, PeerPtr> peers; ///< By namespace.
    Acks acks;
    Load load;
};

Server::Server(boost::asio::any_io_executor executor, ServerOptions options)
    : executor_(executor), options_(options), engine_(executor, options.engine, application()), tasks_(executor)
{}

Server::~Server() = default;

engineio::Application Server::application()
{
    engineio::Application application;
    application.opened = [this](std::string const& sid, engineio::Handshake const& handshake) { open(sid, handshake); };
    application.received = [this](std::string const& sid, engineio::Message message) {
        if (auto const connection = find(sid))
            execute(connection, connection->core.on_message(std::move(message), Clock::now()));
    };
    application.receiving = [this](std::string const& sid, std::size_t bytes) {
        if (auto const connection = find(sid)) connection->core.on_bytes(bytes);
    };
    application.closed = [this](std::string const& sid, std::string const& why) { forget(sid, why); };
    return application;
}

Namespace& Server::of(std::string const& name)
{
    return namespaces_[name];
}

void Server::add_to(http::Router& router, std::string const& path)
{
    engine_.add_to(router, path);
}

Task<> Server::run()
{
    tasks_.spawn("the heartbeat of Socket.IO", engine_.run());
    Pause pause(executor_);
    for (;;) {
        co_await pause.sleep(tick);
        auto const now = Clock::now();
        std::vector<ConnectionPtr> due; // executing may remove connections
        for (auto const& [sid, connection] : connections_) {
            if (connection->core.next_time() <= now) due.push_back(connection);
        }
        for (auto const& connection : due) execute(connection, connection->core.on_time(now));
    }
}

Task<> Server::finish(std::chrono::milliseconds grace)
{
    is_finishing_ = true;
    Pause pause(executor_);
    auto const until = Clock::now() + grace;
    while (handling_ > 0 && Clock::now() < until) co_await pause.sleep(look_again);
    tasks_.cancel();
    co_await tasks_.join();
    co_await engine_.finish();
}

void Server::emit(PeerPtr const& peer, std::string_view event, Arguments arguments)
{
    auto const connection = find(peer->session);
    if (!connection || !is_there(*connection, *peer)) return;
    execute(connection, connection->core.emit(peer->nsp, event, std::move(arguments)));
}

void Server::disconnect(PeerPtr const& peer)
{
    auto const connection = find(peer->session);
    if (connection && is_there(*connection, *peer)) execute(connection, connection->core.leave(peer->nsp));
}

Task<Result<Arguments>> Server::call(PeerPtr peer, std::string event, Arguments arguments,
                                     std::chrono::milliseconds timeout)
{
    auto const connection = find(peer->session);
    auto const gone = not_connected(event);
    if (!connection || !is_there(*connection, *peer)) co_return gone;
    auto [id, actions] = connection->core.call(peer->nsp, event, std::move(arguments));
    if (actions.empty()) co_return gone;
    auto ack = connection->acks.wait(peer->nsp, id, std::move(event), timeout); // starts when it is awaited
    execute(connection, std::move(actions));
    if (!find(peer->session)) co_return gone; // it was too much for the connection, which is over
    co_return co_await std::move(ack);
}

void Server::open(std::string const& sid, engineio::Handshake const& handshake)
{
    auto const until = Clock::now() + options_.connect_timeout;
    Connection connection{sid, handshake, ServerSession(options_.packets, until), {}, Acks(executor_), {}};
    connections_.emplace(sid, std::make_shared<Connection>(std::move(connection)));
}

void Server::forget(std::string const& sid, std::string const& why)
{
    auto const found = connections_.find(sid);
    if (found == connections_.end()) return;
    auto const connection = std::move(found->second);
    connections_.erase(found);
    connection->core.end(); // now, because handlers may hold the connection for long
    for (auto const& [nsp, peer] : std::map(connection->peers)) leave(connection, nsp, why);
    connection->acks.fail_all();
}

void Server::execute(ConnectionPtr const& connection, ServerActions actions)
{
    for (auto& action : actions) {
        std::visit(Overloaded{
                       [&](Send& send) { engine_.send(connection->session, std::move(send.messages), send.is_alone); },
                       [&](Join& joins) { join(connection, std::move(joins)); },
                       [&](Leave const& leaves) { leave(connection, leaves.nsp, "the peer or we left"); },
                       [&](Event& event) { handle(connection, std::move(event)); },
                       [&](Answer& answer) { connection->acks.receive(std::move(answer)); },
                       [&](End const& end) { engine_.close(connection->session, end.why, end.code); },
                   },
                   action);
    }
}

void Server::join(ConnectionPtr const& connection, Join join)
{
    auto const found = namespaces_.find(join.nsp);
    if (found == namespaces_.end()) return execute(connection, connection->core.refuse(join.nsp, "Invalid namespace"));
    auto peer = std::make_shared<Peer>(Peer{random_token(), join.nsp, connection->handshake.headers,
                                            std::move(join.auth), connection->session, connection->handshake.caller});
    auto const& nsp = found->second;
    if (nsp.admit) tasks_.spawn("the admission of a peer", decide_admission(connection, nsp, std::move(peer)));
    else let_in(connection, nsp, std::move(peer));
}

Task<> Server::decide_admission(ConnectionPtr connection, Namespace const& nsp, PeerPtr peer)
{
    auto const admission = co_await ask_admission(nsp, peer);
    if (admission) let_in(connection, nsp, std::move(peer));
    else execute(connection, connection->core.refuse(peer->nsp, admission.error().message));
}

void Server::let_in(ConnectionPtr const& connection, Namespace const& nsp, PeerPtr peer)
{
    auto actions = connection->core.admit(peer->nsp, peer->id);
    if (actions.empty() || !connections_.contains(connection->session)) return; // it left meanwhile
    connection->peers.emplace(peer->nsp, peer);
    execute(connection, std::move(actions));
    if (nsp.connected && is_there(*connection, *peer)) notify([&] { nsp.connected(peer); });
}

void Server::leave(ConnectionPtr const& connection, std::string const& nsp, std::string const& why)
{
    auto const found = connection->peers.find(nsp);
    if (found == connection->peers.end()) return;
    auto const peer = std::move(found->second);
    connection->peers.erase(found);
    connection->acks.fail_all(nsp);
    auto const& disconnected = namespaces_.at(nsp).disconnected;
    if (disconnected) notify([&] { disconnected(peer, why); });
}

void Server::handle(ConnectionPtr const& connection, Event event)
{
    auto const peer = connection->peers.find(event.nsp);
    if (peer == connection->peers.end() || is_finishing_) return;
    if (!options_.load.allow(connection->load, event.bytes)) {
        auto const refusal = too_many_events(event.name);
        if (event.ack_id) return acknowledge(connection, *peer->second, event.ack_id, refusal);
        return engine_.close(connection->session, refusal.message, http::CloseCode::try_again_later);
    }
    auto name = "the event " + printable(event.name);
    tasks_.spawn(std::move(name), answer(connection, peer->second, std::move(event)));
}

Task<> Server::answer(ConnectionPtr connection, PeerPtr peer, Event event)
{
    InFlight const in_flight(connection->load, event.bytes);
    Counted const counted(handling_);
    auto const& events = namespaces_.at(event.nsp).events;
    auto result = co_await events.answer_to(event.name, peer, std::move(event.arguments));
    if (!result) log::debug("event {}: {}", printable(event.name), printable(result.error().message));
    acknowledge(connection, *peer, event.ack_id, std::move(result));
}

void Server::acknowledge(ConnectionPtr const& connection, Peer const& peer, std::optional<std::uint64_t> ack_id,
                         Result<Arguments> result)
{
    if (!ack_id || !is_there(*connection, peer)) return;
    auto arguments = result ? std::move(*result) : options_.error_ack(result.error());
    execute(connection, connection->core.acknowledge(peer.nsp, *ack_id, std::move(arguments)));
}

/// Returns false also for a peer that left the namespace and came back: there it is another peer.
bool Server::is_there(Connection const& connection, Peer const& peer) const
{
    auto const found = connection.peers.find(peer.nsp);
    return found != connection.peers.end() && found->second->id == peer.id;
}

Server::ConnectionPtr Server::find(std::string const& sid) const
{
    auto const found = connections_.find(sid);
    return found == connections_.end() ? nullptr : found->second;
}

} // namespace learning_loop::socketio
