#include "learning_loop/data/detector_status.h"

#include "learning_loop/json/every_field_is_described.h"

namespace learning_loop {

static_assert(every_field_is_described<DetectorStatus> && every_field_is_described<AboutDetector> &&
              every_field_is_described<ModelVersions> && every_field_is_described<DeploymentTarget>);

template boost::json::value to_json(DetectorStatus const&);
template Result<DetectorStatus> from_json(boost::json::value const&, JsonPath const&, Reading);

} // namespace learning_loop
