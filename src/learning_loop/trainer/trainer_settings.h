#pragma once

#include "learning_loop/node/settings.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// What a trainer node is told. docs/settings.md explains each of them.
struct TrainerSettings : NodeSettings {
    int inference_batch_size = 10; ///< Images of one call of TrainerLogic::detect.
    bool restart_after_training = false;
    bool keep_old_trainings = false;
    std::filesystem::path training_slot_lock; ///< Empty: no lock.
    double vram_limit_gb = 0;                 ///< 0: the whole card. The process finds it in its environment.
    double trainer_idle_timeout_sec = 0;      ///< 0: never.
};
BOOST_DESCRIBE_STRUCT(TrainerSettings, (NodeSettings),
                      (inference_batch_size, restart_after_training, keep_old_trainings, training_slot_lock,
                       vram_limit_gb, trainer_idle_timeout_sec))

/// What any trainer's settings consist of: their rows, their defaults and what must fit together.
std::vector<Setting> trainer_setting_rows();
TrainerSettings trainer_defaults(std::string const& name);
Result<void> check_trainer_settings(TrainerSettings const& settings, SettingsReader const& reader);

/// Reads flags, environment and settings file of a trainer node over the defaults; see `read_settings`. `name` is the
/// program's name and the node's default name.
Result<std::optional<TrainerSettings>> read_trainer_settings(std::string const& name, Invocation const& start);

} // namespace learning_loop
