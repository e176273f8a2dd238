#include "learning_loop/node/page/shared_status.h"

#include "learning_loop/base/version.h"
#include "learning_loop/node/loop_connection.h"
#include "learning_loop/node/problems.h"
#include "learning_loop/node/settings.h"

namespace learning_loop {
namespace {

NodeLink link_of(LoopConnection const& connection)
{
    if (connection.is_muted()) return {"muted", Look::calm};
    if (connection.is_connected()) return {"connected", Look::good};
    return {"not connected", Look::bad};
}

} // namespace

NodeStatus shared_status(NodeSettings const& settings, LoopConnection const& connection, Problems const& problems,
                         std::chrono::steady_clock::time_point started)
{
    NodeStatus status;
    status.name = settings.name;
    status.version = version();
    status.node_version = settings.node_version;
    status.loop = loop_url(settings);
    status.uptime =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - started).count();
    status.errors = problems.all();
    status.link = link_of(connection);
    return status;
}

} // namespace learning_loop
