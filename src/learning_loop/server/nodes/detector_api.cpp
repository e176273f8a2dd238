#include "learning_loop/server/nodes/detector_api.h"

#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/loop_status.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/server/nodes/detector_reports.h"
#include "learning_loop/store/detector_repository.h"
#include "learning_loop/store/project.h"

namespace learning_loop {
namespace {

class DetectorApi {
public:
    DetectorApi(store::DetectorRepository& detectors, DetectorReports& reports)
        : detectors_(detectors), reports_(reports)
    {}

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
        auto const kept = co_await reports_.take(std::move(project), std::move(status.value), std::move(caller));
        if (!kept) co_return kept.error();
        co_return LoopStatus{"ok"};
    }

    store::DetectorRepository& detectors_;
    DetectorReports& reports_;
};

} // namespace

void add_detector_api(http::Router& router, store::DetectorRepository& detectors, DetectorReports& reports)
{
    router.keep<DetectorApi>(detectors, reports);
}

} // namespace learning_loop
