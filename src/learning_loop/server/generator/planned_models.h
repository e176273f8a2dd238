#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/server/generator/generator_request.h"

#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// A model that a generated project is to have.
struct PlannedModel {
    std::string id;
    std::optional<std::string> version; ///< Absent: the next free one.
    std::string expected_version;       ///< The version it gets in a new project.
    std::vector<std::string> formats;
    bool is_of_training = false; ///< It is the result of one.
};

/// Completes the models of a request, and checks them and the deployment target. Errors: unprocessable if one is wrong;
/// the message names it.
Result<void> settle_models(GeneratorRequest& request);

/// The models that a settled request asks for, in the order of their making: first those that have a version, then the
/// others, then those of trainings.
std::vector<PlannedModel> planned_models(GeneratorRequest const& request, std::string const& organization);

/// The id of the model that has this version or id; nullopt: none has.
std::optional<std::string> find_planned(std::vector<PlannedModel> const& models, std::string const& version_or_id);

} // namespace learning_loop
