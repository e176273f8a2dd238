#pragma once

#include "learning_loop/trainer/logic/trainer_logic.h"
#include "learning_loop/trainer/trainer_settings.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace learning_loop {

/// Runs a trainer node until SIGTERM or SIGINT, or until the Loop restarts it. The whole of `main`, which must do
/// nothing before: the program also serves as the guard of its training processes (process/guard.h). `make_logic` is
/// called once. Returns the exit status: see run_node.h.
int run_trainer_node(std::string const& name, std::function<std::unique_ptr<TrainerLogic>()> const& make_logic,
                     int argc, char const* const* argv);

/// The same for a program with settings of its own; the guard must have been asked for before. `make_logic` is called
/// once the settings were read. Errors of either end the program with status 2.
int serve_trainer(std::string const& name, std::function<Result<std::optional<TrainerSettings>>()> const& read,
                  std::function<Result<std::unique_ptr<TrainerLogic>>()> const& make_logic);

/// For a logic that is built without arguments.
template <class Logic>
int run_trainer_node(std::string const& name, int argc, char const* const* argv)
{
    return run_trainer_node(
        name, [] { return std::make_unique<Logic>(); }, argc, argv);
}

} // namespace learning_loop
