#pragma once

#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>

#include <string>

// Which model a project's detectors are to run, as the Loop's users choose and see it. Detectors read the answer as a
// DeploymentTarget (data/detector_status.h).

namespace learning_loop {

/// The body of `PUT .../deployment/target`.
struct DeploymentTargetChoice {
    std::string model_uuid;
};
BOOST_DESCRIBE_STRUCT(DeploymentTargetChoice, (), (model_uuid))

/// The answer to `GET` and `PUT .../deployment/target`.
struct DeploymentTargetDetails {
    std::string model_uuid;
    std::string version;
    std::string target_id; ///< The version once more, under the name that scripts of 2022 read.
};
BOOST_DESCRIBE_STRUCT(DeploymentTargetDetails, (), (model_uuid, version, target_id))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<DeploymentTargetChoice>();
extern template JsonType const& json_type<DeploymentTargetDetails>();

} // namespace learning_loop
