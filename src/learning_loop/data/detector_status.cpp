#include "learning_loop/data/detector_status.h"

namespace learning_loop {

template JsonType const& json_type<DetectorStatus>();
template JsonType const& json_type<AboutDetector>();
template JsonType const& json_type<ModelVersions>();
template JsonType const& json_type<DeploymentTarget>();

} // namespace learning_loop
