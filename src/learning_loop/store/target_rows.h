#pragma once

#include "learning_loop/data/detector_status.h"
#include "learning_loop/store/tables.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Which model a project's detectors are to run, and which they were, for the jobs of ModelRepository, which tells what
// they promise. These functions block.

namespace learning_loop::store {

std::optional<DeploymentTarget> target_of(Database& database, std::int64_t project);

std::optional<DeploymentTarget> choose_target(Database& database, std::int64_t project, std::string const& model,
                                              std::string const& chosen_by);
std::optional<DeploymentTarget> roll_target_back(Database& database, std::int64_t project,
                                                 std::string const& chosen_by);
std::optional<TargetHistoryRow> take_target_away(Database& database, std::int64_t project,
                                                 std::string const& chosen_by);

/// The newest first.
std::vector<TargetHistoryRow> target_history_of(Database& database, std::int64_t project, std::int64_t most);

} // namespace learning_loop::store
