#pragma once

#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

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

/// A model that somebody chose. Without one: there was to be none any more.
struct TargetChoice {
    std::optional<std::string> model_uuid;
    std::optional<std::string> version;
    std::string chosen;    ///< When, in UTC.
    std::string chosen_by; ///< The name of a user, a script or a node; `nobody` if it is not known.
};
BOOST_DESCRIBE_STRUCT(TargetChoice, (), (model_uuid, version, chosen, chosen_by))

/// The answer to `GET .../deployment/history`; the newest is first.
struct DeploymentHistory {
    std::vector<TargetChoice> history;
};
BOOST_DESCRIBE_STRUCT(DeploymentHistory, (), (history))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<DeploymentTargetChoice>();
extern template JsonType const& json_type<DeploymentTargetDetails>();
extern template JsonType const& json_type<TargetChoice>();
extern template JsonType const& json_type<DeploymentHistory>();

} // namespace learning_loop
