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

    /// Keeps the newest status of each detector, of the thousand that were seen last.
    Task<Result<void>> keep(std::int64_t project, DetectorStatus status);

    Task<Result<std::vector<ReportedDetector>>> all(std::int64_t project); ///< Ordered by name.

private:
    DatabaseLanes& lanes_;
};

} // namespace learning_loop::store
