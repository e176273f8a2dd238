#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/detector_list.h"
#include "learning_loop/store/project.h"

#include <vector>

namespace learning_loop::store {

class DatabaseLanes;

/// What the detectors of a project told last.
class DetectorRepository {
public:
    explicit DetectorRepository(DatabaseLanes& lanes) : lanes_(lanes) {}

    /// Keeps the newest status of each detector, of the thousand that were seen last.
    Task<Result<void>> keep(Project project, DetectorStatus status);

    Task<Result<std::vector<ReportedDetector>>> all(Project project); ///< Ordered by name.

private:
    DatabaseLanes& lanes_;
};

} // namespace learning_loop::store
