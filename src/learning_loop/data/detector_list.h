#pragma once

#include "learning_loop/data/detector_status.h"

namespace learning_loop {

/// What a detector told last, and when.
struct ReportedDetector : DetectorStatus {
    std::string last_seen; ///< In UTC.
};
BOOST_DESCRIBE_STRUCT(ReportedDetector, (DetectorStatus), (last_seen))

/// The answer to `GET .../detectors`.
struct DetectorList {
    std::vector<ReportedDetector> detectors;
};
BOOST_DESCRIBE_STRUCT(DetectorList, (), (detectors))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<ReportedDetector>();
extern template JsonType const& json_type<DetectorList>();

} // namespace learning_loop
