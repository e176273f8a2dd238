#include "learning_loop/trainer/command/command_trainer_settings.h"

#include "learning_loop/settings/settings_text.h"
#include "learning_loop/settings/state_folder.h"
#include "learning_loop/trainer/command/shown_commands.h"
#include "learning_loop/trainer/command/trainer_file.h"

namespace learning_loop {
namespace {

ProgramDescription description()
{
    auto rows = trainer_setting_rows();
    std::vector<Setting> const own{
        {.field = "command",
         .meaning = "the file that tells how the training program is called; docs/trainer.md explains it",
         .variable = "TRAINER_COMMAND",
         .required = true},
        {.field = "check",
         .meaning = "only check that file, print its commands as they would run, and end",
         .flag_only = true},
    };
    rows.insert(rows.begin(), own.begin(), own.end());
    return {"learning-loop trainer",
            "A trainer node that trains with a program of yours. Those that are written in C++ have the same settings, "
            "but for the "
            "first two.",
            std::move(rows)};
}

CommandTrainerSettings defaults()
{
    CommandTrainerSettings settings;
    static_cast<TrainerSettings&>(settings) = trainer_defaults("trainer");
    return settings;
}

} // namespace

Result<std::optional<CommandTrainerSettings>> read_command_trainer_settings(Invocation const& start)
{
    auto settings = defaults();
    settings.data_folder = default_data_folder("trainer", start.environment);
    auto const check = [&](CommandTrainerSettings& read, SettingsReader const& reader) -> Result<void> {
        auto const file = read_trainer_file(read.command);
        if (!file) return reader.wrong("command", file.error().message);
        if (read.check) *start.out << shown_commands(*file, std::filesystem::absolute(read.command).parent_path());
        return read.check ? Result<void>() : check_trainer_settings(read, reader);
    };
    auto const read = read_settings(description(), settings, start, check);
    if (!read || !*read || !(*read)->check) return read;
    return std::nullopt;
}

std::string command_trainer_settings_section()
{
    return settings_section(description(), defaults());
}

} // namespace learning_loop
