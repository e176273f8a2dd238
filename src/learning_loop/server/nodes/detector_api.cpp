#include "learning_loop/server/nodes/detector_api.h"

#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/loop_status.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/store/detector_repository.h"
#include "learning_loop/store/project.h"

namespace learning_loop {
namespace {

Error not_its_own(http::Caller const& caller)
{
    return {Errc::forbidden, "name: this token is for the node '" + printable(caller.name) +
                                 "' alone: set NODE_NAME to that, or make a token for this node"};
}

class DetectorApi {
public:
    explicit DetectorApi(store::DetectorRepository& detectors) : detectors_(detectors) {}

    void add_to(http::Router& router)
    {
        router.get(loop_api::detectors, *this, &DetectorApi::list)
            .open_to(http::Access::nodes)
            .summary("What the project's detectors told last.");
        router.post(loop_api::detectors, *this, &DetectorApi::report)
            .open_to(http::Access::detectors)
            .summary("A detector tells how it fares.")
            .body_limit(loop_api::max_report_bytes);
    }

private:
    Task<Result<DetectorList>> list(store::Project project)
    {
        auto detectors = co_await detectors_.all(project.number);
        if (!detectors) co_return detectors.error();
        co_return DetectorList{std::move(*detectors)};
    }

    Task<Result<LoopStatus>> report(http::FromJson<DetectorStatus> status, http::Caller caller, store::Project project)
    {
        if (caller.kind == http::Caller::Kind::node && caller.name != status->name) co_return not_its_own(caller);
        if (status->uuid.empty()) co_return Error{Errc::unprocessable, "uuid: is empty"};
        using Rename = store::DetectorRepository::Rename;
        auto const rename = caller.kind == http::Caller::Kind::node ? Rename::refused : Rename::allowed;
        auto const kept = co_await detectors_.keep(project.number, std::move(status.value), rename);
        if (!kept) co_return kept.error();
        co_return LoopStatus{"ok"};
    }

    store::DetectorRepository& detectors_;
};

} // namespace

void add_detector_api(http::Router& router, store::DetectorRepository& detectors)
{
    router.keep<DetectorApi>(detectors);
}

} // namespace learning_loop
