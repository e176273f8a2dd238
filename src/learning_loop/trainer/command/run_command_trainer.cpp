#include "learning_loop/trainer/command/run_command_trainer.h"

#include "learning_loop/trainer/command/command_trainer.h"
#include "learning_loop/trainer/command/command_trainer_settings.h"
#include "learning_loop/trainer/run_trainer_node.h"

#include <filesystem>

namespace learning_loop {

int run_command_trainer(int argc, char const* const* argv)
{
    std::filesystem::path file;
    auto const read = [&]() -> Result<std::optional<TrainerSettings>> {
        auto const settings = read_command_trainer_settings({argc, argv});
        if (!settings) return settings.error();
        if (!*settings) return std::nullopt; // --help, --check
        file = (*settings)->command;
        return std::optional<TrainerSettings>(**settings);
    };
    auto const make = [&]() -> Result<std::unique_ptr<TrainerLogic>> {
        auto read_file = read_trainer_file(file);
        if (!read_file) return read_file.error();
        return std::make_unique<CommandTrainer>(std::move(*read_file), std::filesystem::absolute(file).parent_path());
    };
    return serve_trainer("learning-loop trainer", read, make);
}

} // namespace learning_loop
