#include "learning_loop/server/nodes/detector_reports.h"

#include "learning_loop/base/text.h"
#include "learning_loop/server/nodes/node_owner.h"
#include "learning_loop/store/detector_repository.h"

namespace learning_loop {
namespace {

Error not_its_own(http::Caller const& caller)
{
    return {Errc::forbidden, "name: this token is for the node '" + printable(caller.name) +
                                 "' alone: set NODE_NAME to that, or make a token for this node"};
}

} // namespace

Task<Result<void>> DetectorReports::take(store::Project project, DetectorStatus status, http::Caller caller)
{
    bool const has_token = caller.kind == http::Caller::Kind::node;
    if (has_token && caller.name != status.name) co_return not_its_own(caller);
    if (status.uuid.empty() || status.uuid.size() > max_node_id)
        co_return Error{Errc::unprocessable, "uuid: must have 1 to " + std::to_string(max_node_id) + " characters"};
    using Rename = store::DetectorRepository::Rename;
    co_return co_await detectors_.keep(project.number, std::move(status),
                                       has_token ? Rename::refused : Rename::allowed);
}

} // namespace learning_loop
