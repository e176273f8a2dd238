#pragma once

#include "learning_loop/node/settings.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <variant>

namespace learning_loop {

/// How a trainer node runs.
struct TrainerSettings : NodeSettings {
    TrainerSettings() { port = 8001; }

    int inference_batch_size = 10;            ///< Images per call of the detector after a training.
    bool restart_after_training = false;      ///< Exit with 0 after a training, also an aborted one.
    bool keep_old_trainings = false;          ///< Else the project's folders go when a training begins.
    std::filesystem::path training_slot_lock; ///< Shared by the trainers on one GPU; empty: no lock.
    double vram_limit_gb = 0; ///< Gigabytes of the card's total that a training may use; 0: the whole card.
    std::chrono::duration<double> trainer_idle_timeout_sec{0}; ///< Exit with 0 after so long idle; 0: never.
};
BOOST_DESCRIBE_STRUCT(TrainerSettings, (NodeSettings),
                      (inference_batch_size, restart_after_training, keep_old_trainings, training_slot_lock,
                       vram_limit_gb, trainer_idle_timeout_sec))

/// As `read_detector_settings`.
std::variant<TrainerSettings, int> read_trainer_settings(std::string const& name, Invocation const& start);

/// The trainer's section of docs/settings.md.
std::string trainer_settings_section();

} // namespace learning_loop
