#include "learning_loop/store/detector_repository.h"

#include "learning_loop/base/timestamps.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/json/json.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/project_rows.h"
#include "learning_loop/store/tables.h"

#include <algorithm>

namespace learning_loop::store {
namespace {

constexpr std::int64_t max_detectors = 1000;

ReportedDetector detector_of(DetectorRow row)
{
    auto const json = parse_json(row.status, "a stored detector status");
    if (!json) throw DatabaseError(json.error().message);
    auto status = from_json<DetectorStatus>(*json);
    if (!status) throw DatabaseError("a stored detector status: " + status.error().message);
    return {std::move(*status), std::move(row.last_seen)};
}

} // namespace

Task<Result<void>> DetectorRepository::keep(std::int64_t project, DetectorStatus status, Rename rename)
{
    DetectorRow row;
    row.project = project;
    row.uuid = status.uuid;
    row.status = to_text(to_json(status));
    row.last_seen = timestamp_now();
    if (row.status.size() > loop_api::max_report_bytes)
        co_return Error{Errc::unprocessable, "the report is longer than 64 KiB"};
    auto job = [row = std::move(row), name = status.name, rename](Database& database) -> Result<void> {
        if (!has_project(database, row.project)) return project_is_gone();
        auto before = find_row<DetectorRow>(database, "WHERE project = $1 AND uuid = $2", {row.project, row.uuid});
        if (rename == Rename::refused && before && detector_of(std::move(*before)).name != name)
            return Error{Errc::conflict, "uuid: another detector has this one: remove uuids.json of this node"};
        upsert(database, row, "project, uuid");
        database.execute("DELETE FROM detectors WHERE project = $1 AND uuid NOT IN "
                         "(SELECT uuid FROM detectors WHERE project = $1 ORDER BY last_seen DESC LIMIT $2)",
                         {row.project, max_detectors});
        return {};
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<std::vector<ReportedDetector>>> DetectorRepository::all(std::int64_t project)
{
    auto job = [project](Database& database) -> Result<std::vector<ReportedDetector>> {
        std::vector<ReportedDetector> detectors;
        for_each<DetectorRow>(database, "WHERE project = $1 ORDER BY uuid", {project},
                              [&](DetectorRow row) { detectors.push_back(detector_of(std::move(row))); });
        std::stable_sort(detectors.begin(), detectors.end(),
                         [](auto const& a, auto const& b) { return a.name < b.name; });
        return detectors;
    };
    co_return co_await lanes_.read(std::move(job));
}

} // namespace learning_loop::store
