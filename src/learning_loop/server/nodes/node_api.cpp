#include "learning_loop/server/nodes/node_api.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/loop_status.h"
#include "learning_loop/data/node_list.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/json/json.h"
#include "learning_loop/server/nodes/connected_nodes.h"
#include "learning_loop/server/nodes/node_hub.h"
#include "learning_loop/server/nodes/node_reports.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum_to_string.hpp>

namespace learning_loop {
namespace {

struct NodePath {
    store::NodeKind kind = store::NodeKind::trainer;
    std::string node; ///< Its id.
};
BOOST_DESCRIBE_STRUCT(NodePath, (), (kind, node))

NodeEntry node_entry(KnownNode const& node)
{
    auto const& row = node.row;
    NodeEntry entry;
    entry.kind = boost::describe::enum_to_string(row.kind, "?");
    entry.id = row.id;
    entry.last_seen = row.last_seen;
    entry.logged_in_as = row.owner;
    // What both kinds tell is read in the same way.
    auto const json = parse_json(row.status, "a report");
    if (auto status = json ? read_annotator_status(*json) : Result<AnnotatorStatus>(json.error())) {
        entry.name = std::move(status->name);
        entry.state = std::move(status->state);
        entry.uptime = status->uptime;
        entry.errors = std::move(status->errors);
        entry.capabilities = std::move(status->capabilities);
    }
    if (!node.is_connected()) entry.state = "offline";
    return entry;
}

Error for_all_projects()
{
    return {Errc::forbidden,
            "nodes work for all projects, and this token is for one: GET .../trainings lists the trainers"};
}

Error no_node(NodePath const& path)
{
    return {Errc::not_found, "there is no such node, '" + printable(path.node) + "': GET /api/nodes lists them"};
}

class NodeApi {
public:
    NodeApi(NodeHub& hub, ConnectedNodes& nodes) : hub_(hub), nodes_(nodes) {}

    void add_to(http::Router& router)
    {
        router.get(loop_api::nodes, *this, &NodeApi::list)
            .open_to(http::Access::people)
            .summary("The trainers and annotation nodes, also those that are gone.");
        router.post(loop_api::node_restart, *this, &NodeApi::restart)
            .open_to(http::Access::people)
            .summary("Asks a node to end its process, which whatever started it starts again.");
        router.add("DELETE", loop_api::node, *this, &NodeApi::forget)
            .open_to(http::Access::people)
            .summary("Forgets a node that is gone: its id may be used by any other.");
    }

private:
    Task<Result<NodeList>> list(http::Caller caller)
    {
        if (caller.only) co_return for_all_projects();
        NodeList list;
        for (auto const* node : nodes_.all()) list.nodes.push_back(node_entry(*node));
        co_return list;
    }

    Task<Result<LoopStatus>> restart(http::FromPath<NodePath> path, http::Caller caller)
    {
        if (caller.only) co_return for_all_projects();
        auto const* node = nodes_.find(path->kind, path->node);
        if (!node) co_return no_node(path.value);
        if (!node->is_connected())
            co_return Error{Errc::conflict,
                            "the node '" + printable(path->node) + "' is not connected since " + node->row.last_seen};
        log::info("the node {} is restarted by {}", log::value(path->node), log::value(caller.name));
        hub_.emit(node->peer(), "restart", {}); // it ends without an ack
        co_return LoopStatus{"ok"};
    }

    Task<Result<LoopStatus>> forget(http::FromPath<NodePath> path, http::Caller caller)
    {
        if (caller.only) co_return for_all_projects();
        if (!nodes_.find(path->kind, path->node)) co_return no_node(path.value);
        auto const forgotten = co_await nodes_.forget(path->kind, path->node);
        if (!forgotten) co_return forgotten.error();
        co_return LoopStatus{"ok"};
    }

    NodeHub& hub_;
    ConnectedNodes& nodes_;
};

} // namespace

void add_node_api(http::Router& router, NodeHub& hub, ConnectedNodes& nodes)
{
    router.keep<NodeApi>(hub, nodes);
}

} // namespace learning_loop
