#include "learning_loop/data/deployment.h"

namespace learning_loop {

template JsonType const& json_type<DeploymentTargetChoice>();
template JsonType const& json_type<DeploymentTargetDetails>();

} // namespace learning_loop
