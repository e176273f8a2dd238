#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/detector_list.h"

#include <cstdint>
#include <vector>

namespace learning_loop::store {

class DatabaseLanes;

/// What the detectors of a project, which is told by its number, told last.
class DetectorRepository {
public:
    explicit DetectorRepository(DatabaseLanes& lanes) : lanes_(lanes) {}

    enum class Rename { allowed, refused };

    /// Keeps the newest status of each detector, of the thousand that were seen last. Errors: unprocessable if it is
    /// longer than max_report_bytes. conflict if the uuid is that of a detector of another name, and `rename` refuses
    /// that.
    Task<Result<void>> keep(std::int64_t project, DetectorStatus status, Rename rename = Rename::allowed);

    Task<Result<std::vector<ReportedDetector>>> all(std::int64_t project); ///< Ordered by name.

private:
    DatabaseLanes& lanes_;
};

} // namespace learning_loop::store
