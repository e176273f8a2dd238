#include "learning_loop/data/detector_list.h"

namespace learning_loop {

template JsonType const& json_type<ReportedDetector>();
template JsonType const& json_type<DetectorList>();

} // namespace learning_loop
