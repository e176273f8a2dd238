#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/detector_status.h"
#include "learning_loop/http/caller.h"
#include "learning_loop/store/project.h"

namespace learning_loop {

namespace store {
class DetectorRepository;
}

/// Takes what detectors tell of themselves, on whichever way it comes.
class DetectorReports {
public:
    explicit DetectorReports(store::DetectorRepository& detectors) : detectors_(detectors) {}

    /// Errors: forbidden if the caller's token is for another node. unprocessable if its uuid is empty or long. Those
    /// of `DetectorRepository::keep`.
    Task<Result<void>> take(store::Project project, DetectorStatus status, http::Caller caller);

private:
    store::DetectorRepository& detectors_;
};

} // namespace learning_loop
