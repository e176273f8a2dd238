#include "learning_loop/server/nodes/connected_nodes.h"

#include "learning_loop/async/pause.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/server/nodes/node_owner.h"
#include "learning_loop/store/database.h"
#include "learning_loop/store/node_repository.h"

#include <algorithm>
#include <chrono>

namespace learning_loop {
namespace {

constexpr std::chrono::seconds between_keeps{10};

std::string named(store::NodeKind kind, std::string const& id)
{
    auto const what = kind == store::NodeKind::trainer ? "the trainer '" : "the annotation node '";
    return what + printable(id) + "'";
}

std::optional<std::string> find_in(std::map<store::NodeKind, std::string> const& ids, store::NodeKind kind)
{
    auto const found = ids.find(kind);
    return found == ids.end() ? std::nullopt : std::optional(found->second);
}

Result<void> check_name(NodeReport const& report, http::Caller const& caller)
{
    if (caller.kind != http::Caller::Kind::node || caller.name == report.name) return {};
    return Error{Errc::forbidden, "name: this token is for the node '" + printable(caller.name) +
                                      "' alone, and this one is called '" + printable(report.name) +
                                      "': give the node that name, or make a token for this one"};
}

} // namespace

ConnectedNodes::ConnectedNodes(boost::asio::any_io_executor executor, store::NodeRepository& repository)
    : executor_(std::move(executor)), repository_(repository)
{
    for (auto& row : repository_.load_at_start()) {
        Key key{row.kind, row.id};
        nodes_.emplace(std::move(key), KnownNode{std::move(row)});
    }
}

Result<void> ConnectedNodes::tell(NodeReport report, socketio::PeerPtr const& peer)
{
    if (auto const good = check(report, peer); !good) return good;
    Key key{report.kind, report.id};
    auto found = nodes_.find(key);
    if (found == nodes_.end()) {
        if (auto const room = make_room(); !room) return room;
        found = nodes_.emplace(key, KnownNode{}).first;
    }
    auto& [row, peers] = found->second;
    if (peers.empty()) log::info("{} is connected, as {}", named(report.kind, report.id), owner_of(peer->caller));
    auto owner = row.owner.empty() ? owner_of(peer->caller) : std::move(row.owner); // whoever used it first
    row = {report.kind, report.id, std::move(owner), std::move(report.status), timestamp_now()};
    std::erase(peers, peer);
    peers.push_back(peer);
    speakers_[peer->id][report.kind] = std::move(report.id);
    changed_.insert(std::move(key));
    return {};
}

Result<void> ConnectedNodes::check(NodeReport const& report, socketio::PeerPtr const& peer) const
{
    if (report.id.empty() || report.id.size() > max_node_id)
        return Error{Errc::unprocessable, "id: must have 1 to " + std::to_string(max_node_id) + " characters"};
    if (report.status.size() > loop_api::max_report_bytes)
        return Error{Errc::unprocessable, "the report of " + named(report.kind, report.id) + " is longer than 64 KiB"};
    auto const speaker = speakers_.find(peer->id);
    auto const told = speaker == speakers_.end() ? std::nullopt : find_in(speaker->second, report.kind);
    if (told && *told != report.id)
        return Error{Errc::unprocessable,
                     "id: this is the connection of " + named(report.kind, *told) + ": open one for each node"};
    if (auto const own = check_name(report, peer->caller); !own) return own;
    return check_owner(report, peer->caller);
}

void ConnectedNodes::disconnect(socketio::PeerPtr const& peer)
{
    auto const speaker = speakers_.find(peer->id);
    if (speaker == speakers_.end()) return;
    for (auto const& [kind, id] : speaker->second) {
        Key key{kind, id};
        auto const found = nodes_.find(key);
        if (found == nodes_.end()) continue;
        auto& [row, peers] = found->second;
        std::erase(peers, peer);
        if (!peers.empty()) continue;
        row.last_seen = timestamp_now();
        changed_.insert(std::move(key));
        log::info("{} is gone", named(kind, id));
    }
    speakers_.erase(speaker);
}

Result<void> ConnectedNodes::check_owner(NodeReport const& report, http::Caller const& caller) const
{
    auto const* node = find(report.kind, report.id);
    if (!node || may_speak_for(node->row.owner, caller)) return {};
    return Error{Errc::forbidden,
                 "id: " + named(report.kind, report.id) + " belongs to '" + printable(node->row.owner) +
                     "', and this is '" + printable(owner_of(caller)) +
                     "': give the node an id of its own, or let somebody forget that one (DELETE /api/nodes/...)"};
}

KnownNode const* ConnectedNodes::find(store::NodeKind kind, std::string const& id) const
{
    auto const found = nodes_.find(Key(kind, id));
    return found == nodes_.end() ? nullptr : &found->second;
}

std::vector<KnownNode const*> ConnectedNodes::all() const
{
    std::vector<KnownNode const*> all;
    for (auto const& [key, node] : nodes_) all.push_back(&node);
    return all;
}

Task<Result<void>> ConnectedNodes::forget(store::NodeKind kind, std::string id)
{
    auto const* node = find(kind, id);
    if (!node) co_return Error{Errc::not_found, named(kind, id) + " is not known"};
    if (node->is_connected()) co_return Error{Errc::conflict, named(kind, id) + " is connected: end it first"};
    auto const forgotten = co_await repository_.forget(kind, id);
    if (!forgotten) co_return forgotten.error();
    Key const key(kind, id);
    auto const found = nodes_.find(key);
    if (found != nodes_.end() && !found->second.is_connected()) nodes_.erase(found); // it may have come back meanwhile
    changed_.erase(key);
    co_return Result<void>();
}

Task<> ConnectedNodes::run()
{
    Pause pause(executor_);
    for (;;) {
        co_await pause.sleep(between_keeps);
        co_await keep_changed();
    }
}

Result<void> ConnectedNodes::make_room()
{
    if (nodes_.size() < max_nodes) return {};
    auto oldest = nodes_.end();
    for (auto one = nodes_.begin(); one != nodes_.end(); ++one) {
        bool const is_older = oldest == nodes_.end() || one->second.row.last_seen < oldest->second.row.last_seen;
        if (!one->second.is_connected() && is_older) oldest = one;
    }
    if (oldest == nodes_.end())
        return Error{Errc::unavailable, "the Loop knows " + std::to_string(max_nodes) + " nodes, which is the most"};
    changed_.insert(oldest->first); // without a node: its row goes
    nodes_.erase(oldest);
    return {};
}

Task<> ConnectedNodes::keep_changed()
{
    auto const changed = std::exchange(changed_, {});
    std::string failure;
    try {
        auto const kept = co_await keep(changed);
        if (kept) co_return;
        failure = kept.error().message;
    } catch (store::DatabaseError const& error) {
        failure = error.what();
    }
    log::warn("what nodes told of themselves is not kept: {}", failure);
    changed_.insert(changed.begin(), changed.end()); // the next time
}

Task<Result<void>> ConnectedNodes::keep(std::set<Key> changed)
{
    for (auto const& [kind, id] : changed) {
        if (find(kind, id)) continue;
        auto const forgotten = co_await repository_.forget(kind, id);
        if (!forgotten) co_return forgotten.error();
    }
    std::vector<store::NodeRow> rows; // as they are now: whoever was forgotten meanwhile is not among them
    for (auto const& [kind, id] : changed) {
        auto const* node = find(kind, id);
        if (!node) continue;
        auto row = node->row;
        if (node->is_connected()) row.last_seen = timestamp_now();
        rows.push_back(std::move(row));
    }
    if (rows.empty()) co_return Result<void>();
    co_return co_await repository_.keep(std::move(rows));
}

} // namespace learning_loop
