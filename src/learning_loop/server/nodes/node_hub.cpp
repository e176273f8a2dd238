#include "learning_loop/server/nodes/node_hub.h"

#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/server/access/loop_door.h"

#include <algorithm>
#include <array>

namespace learning_loop {
namespace {

socketio::Arguments error_ack(Error const& error)
{
    return socketio::Arguments::of(failed_ack(error));
}

socketio::ServerOptions options()
{
    socketio::ServerOptions options;
    options.error_ack = &error_ack;
    return options;
}

Error login_needed()
{
    return {Errc::unauthorized,
            "log in first (POST /api/login), or give the node a token: `learning-loop token create --node NAME` prints "
            "its settings"};
}

Error token_refused()
{
    return {
        Errc::unauthorized,
        "the token (LOOP_TOKEN) is none of this Loop, or was revoked: `learning-loop token create --node NAME` prints "
        "the settings with a new one"};
}

/// What a node of this type must at least be allowed.
Result<http::Access> access_for(std::string_view type)
{
    constexpr std::array<std::string_view, 4> with_login{"trainer", "annotation_node", "converter", "node"};
    if (type == "detector") return http::Access::detectors;
    if (std::ranges::find(with_login, type) != with_login.end()) return http::Access::nodes;
    return Error{Errc::invalid_argument,
                 "nodeType: '" + printable(type) + "' is unknown: use trainer, detector, converter or annotation_node"};
}

} // namespace

NodeHub::NodeHub(boost::asio::any_io_executor executor, LoopDoor const& door)
    : door_(door), server_(std::move(executor), options())
{
    auto& nodes = server_.of("/");
    nodes.admit = [this](socketio::PeerPtr peer) { return admit(std::move(peer)); };
    nodes.connected = [this](socketio::PeerPtr const& peer) {
        for (auto const& there : there_) there(peer);
    };
    nodes.disconnected = [this](socketio::PeerPtr const& peer, std::string const&) {
        for (auto const& gone : gone_) gone(peer);
    };
    nodes.events.look_up(*this, &NodeHub::find_node);
    nodes.events.look_up(*this, &NodeHub::find_detector);
}

socketio::Events& NodeHub::events()
{
    return server_.of("/").events;
}

void NodeHub::add_to(http::Router& router)
{
    server_.add_to(router, std::string(loop_api::socketio));
}

Task<Result<NodeAck>> NodeHub::call(socketio::PeerPtr peer, std::string event, socketio::Arguments arguments,
                                    std::chrono::milliseconds timeout)
{
    if (auto const known = check_login(peer); !known) co_return known.error();
    auto const ack = co_await server_.call(std::move(peer), std::move(event), std::move(arguments), timeout);
    if (!ack) co_return ack.error();
    co_return read_node_ack(ack->values);
}

void NodeHub::emit(socketio::PeerPtr const& peer, std::string_view event, socketio::Arguments arguments)
{
    if (check_login(peer)) server_.emit(peer, event, std::move(arguments));
}

Task<> NodeHub::run()
{
    return server_.run();
}

Task<> NodeHub::finish()
{
    return server_.finish();
}

Task<Result<void>> NodeHub::admit(socketio::PeerPtr peer)
{
    auto const access = access_for(peer->headers.find("nodeType").value_or(""));
    if (!access) co_return access.error();
    if (peer->caller.may >= *access) co_return Result<void>();
    if (peer->headers.find("Authorization")) co_return token_refused();
    co_return login_needed();
}

Task<Result<NodePeer>> NodeHub::find_node(socketio::PeerPtr peer)
{
    if (auto const good = check_access(peer, http::Access::nodes); !good) co_return good.error();
    co_return NodePeer{std::move(peer)};
}

Task<Result<DetectorPeer>> NodeHub::find_detector(socketio::PeerPtr peer)
{
    if (auto const good = check_access(peer, http::Access::detectors); !good) co_return good.error();
    co_return DetectorPeer{std::move(peer)};
}

Result<void> NodeHub::check_access(socketio::PeerPtr const& peer, http::Access access)
{
    if (auto const known = check_login(peer); !known) return known;
    if (peer->caller.may < access) return login_needed();
    return {};
}

/// A connection lives for days: meanwhile its token may be revoked, or its login end.
Result<void> NodeHub::check_login(socketio::PeerPtr const& peer)
{
    if (door_.still_knows(peer->caller, peer->headers)) return {};
    server_.disconnect(peer);
    return Error{Errc::unauthorized, "the login of this connection has ended, or its token was revoked: log in again"};
}

} // namespace learning_loop
