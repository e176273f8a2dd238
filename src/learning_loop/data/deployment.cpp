#include "learning_loop/data/deployment.h"

namespace learning_loop {

template JsonType const& json_type<DeploymentTargetChoice>();
template JsonType const& json_type<DeploymentTargetDetails>();
template JsonType const& json_type<TargetChoice>();
template JsonType const& json_type<DeploymentHistory>();

} // namespace learning_loop
