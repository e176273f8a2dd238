#pragma once

#include "learning_loop/data/model_information.h"

#include <cstdint>
#include <map>

namespace learning_loop {

enum class OperationMode { startup, idle, detecting };
BOOST_DESCRIBE_ENUM(OperationMode, startup, idle, detecting)

enum class VersionControl { follow_loop, specific_version, pause };
BOOST_DESCRIBE_ENUM(VersionControl, follow_loop, specific_version, pause)

enum class OutboxMode { continuous_upload, stopped };
BOOST_DESCRIBE_ENUM(OutboxMode, continuous_upload, stopped)

/// What a detector reports to its Loop (`POST .../detectors`).
struct DetectorStatus {
    std::string uuid;
    std::string name;
    std::string state = "online";
    std::int64_t uptime = 0; ///< Seconds.
    std::string model_format;
    std::optional<std::string> current_model;  ///< Version.
    std::optional<std::string> target_model;   ///< Version.
    std::map<std::string, std::string> errors; ///< What is wrong, by the step that failed; empty when all is well.
    OperationMode operation_mode = OperationMode::idle;
    std::optional<std::string> node_version;
};
BOOST_DESCRIBE_STRUCT(DetectorStatus, (),
                      (uuid, name, state, uptime, model_format, current_model, target_model, errors, operation_mode,
                       node_version))

/// `GET /about` of a detector.
struct AboutDetector {
    OperationMode operation_mode = OperationMode::idle;
    std::string state = "online";
    std::optional<ModelInformation> model_info;
    std::optional<std::string> target_model;
    VersionControl version_control = VersionControl::follow_loop;
};
BOOST_DESCRIBE_STRUCT(AboutDetector, (), (operation_mode, state, model_info, target_model, version_control))

/// `GET /model_version` of a detector. What is unknown is the text `None`.
struct ModelVersions {
    std::string current_version = "None";
    std::string target_version = "None";
    std::string loop_version = "None";
    std::vector<std::string> local_versions;
    VersionControl version_control = VersionControl::follow_loop;
};
BOOST_DESCRIBE_STRUCT(ModelVersions, (),
                      (current_version, target_version, loop_version, local_versions, version_control))

/// The model that a project's detectors are to run (`GET .../deployment/target`).
struct DeploymentTarget {
    std::string model_uuid;
    std::string version;

    bool operator==(DeploymentTarget const&) const = default;
};
BOOST_DESCRIBE_STRUCT(DeploymentTarget, (), (model_uuid, version))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<DetectorStatus>();
extern template JsonType const& json_type<AboutDetector>();
extern template JsonType const& json_type<ModelVersions>();
extern template JsonType const& json_type<DeploymentTarget>();

} // namespace learning_loop
