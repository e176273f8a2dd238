#include "learning_loop/store/node_repository.h"

#include "learning_loop/store/database_lanes.h"

namespace learning_loop::store {

std::vector<NodeRow> NodeRepository::load_at_start()
{
    std::vector<NodeRow> nodes;
    lanes_.write_at_start([&](Database& database) { nodes = find_rows<NodeRow>(database, "ORDER BY kind, id", {}); })
        .value();
    return nodes;
}

Task<Result<void>> NodeRepository::keep(std::vector<NodeRow> nodes)
{
    auto job = [nodes = std::move(nodes)](Database& database) -> Result<void> {
        for (auto const& node : nodes) upsert(database, node, "kind, id");
        return {};
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<void>> NodeRepository::forget(NodeKind kind, std::string id)
{
    auto job = [kind, id = std::move(id)](Database& database) -> Result<void> {
        database.execute("DELETE FROM nodes WHERE kind = $1 AND id = $2", {value_of(kind), id});
        return {};
    };
    co_return co_await lanes_.write(std::move(job));
}

} // namespace learning_loop::store
