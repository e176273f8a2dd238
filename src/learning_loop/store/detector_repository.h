#pragma once

#include "learning_loop/data/detector_status.h"
#include "learning_loop/store/project_repository.h"

#include <string>
#include <vector>

namespace learning_loop::store {

struct SeenDetector {
    DetectorStatus status;
    std::string last_seen;
};

/// What the detectors of a project told last.
class DetectorRepository {
public:
    explicit DetectorRepository(DatabaseLanes& lanes) : lanes_(lanes) {}

    /// Keeps the newest status of each detector, of the thousand that were seen last.
    Task<Result<void>> keep(Project project, DetectorStatus status);

    Task<Result<std::vector<SeenDetector>>> all(Project project); ///< Ordered by name.

private:
    DatabaseLanes& lanes_;
};

} // namespace learning_loop::store
