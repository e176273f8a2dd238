#include "learning_loop/store/detector_repository.h"

#include "learning_loop/base/timestamps.h"
#include "learning_loop/json/json.h"
#include "learning_loop/store/database_lanes.h"

#include <algorithm>

namespace learning_loop::store {
namespace {

constexpr std::int64_t max_detectors = 1000;

ReportedDetector detector_of(Row const& row)
{
    auto const json = parse_json(row.text(0), "a stored detector status");
    if (!json) throw DatabaseError(json.error().message);
    auto status = from_json<DetectorStatus>(*json);
    if (!status) throw DatabaseError("a stored detector status: " + status.error().message);
    return {std::move(*status), row.text(1)};
}

} // namespace

Task<Result<void>> DetectorRepository::keep(Project project, DetectorStatus status)
{
    auto text = to_text(to_json(status));
    auto job = [number = project.number, uuid = status.uuid,
                text = std::move(text)](Database& database) -> Result<void> {
        Transaction transaction(database);
        database.execute("INSERT INTO detectors (project, uuid, status, last_seen) VALUES ($1, $2, $3, $4) "
                         "ON CONFLICT (project, uuid) DO UPDATE SET status = $3, last_seen = $4",
                         {number, uuid, text, timestamp_now()});
        database.execute("DELETE FROM detectors WHERE project = $1 AND uuid NOT IN "
                         "(SELECT uuid FROM detectors WHERE project = $1 ORDER BY last_seen DESC LIMIT $2)",
                         {number, max_detectors});
        transaction.commit();
        return {};
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<std::vector<ReportedDetector>>> DetectorRepository::all(Project project)
{
    auto job = [number = project.number](Database& database) -> Result<std::vector<ReportedDetector>> {
        std::vector<ReportedDetector> detectors;
        database.for_each("SELECT status, last_seen FROM detectors WHERE project = $1 ORDER BY uuid", {number},
                          [&](Row const& row) { detectors.push_back(detector_of(row)); });
        std::stable_sort(detectors.begin(), detectors.end(),
                         [](auto const& a, auto const& b) { return a.name < b.name; });
        return detectors;
    };
    co_return co_await lanes_.read(std::move(job));
}

} // namespace learning_loop::store
