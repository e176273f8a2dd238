#include "learning_loop/node/trainer_settings.h"

#include "learning_loop/base/log.h"
#include "learning_loop/settings/settings_text.h"
#include "learning_loop/settings/state_folder.h"

namespace learning_loop {
namespace {

ProgramDescription description(std::string program)
{
    auto rows = node_settings();
    std::vector<Setting> const own{
        {.field = "inference_batch_size",
         .meaning = "images per detect call after a training",
         .min = 1,
         .max = 1e4},
        {.field = "restart_after_training", .meaning = "exit with 0 after a training, also after an aborted one"},
        {.field = "keep_old_trainings", .meaning = "keep the project's old training folders when a training begins"},
        {.field = "training_slot_lock",
         .meaning = "lock file that the trainers on one GPU share; its folder must exist",
         .default_text = "no lock"},
        {.field = "vram_limit_gb",
         .meaning = "gigabytes of the GPU's memory, of all it has, that a training may use; 0: the whole card",
         .min = 0},
        {.field = "trainer_idle_timeout_sec",
         .meaning = "exit with 0 after so many seconds idle (blocked counts); 0: never",
         .min = 0,
         .max = 1e9},
    };
    rows.insert(rows.end(), own.begin(), own.end());
    return {std::move(program),
            "Trains a project's model when the Loop asks for it. The program is still to come; this is what it reads.",
            std::move(rows)};
}

Result<void> check(TrainerSettings& settings, SettingsReader const& reader)
{
    if (auto const checked = check_node_settings(settings, reader); !checked) return checked;
    auto& lock = settings.training_slot_lock;
    if (lock.empty()) return {};
    lock = std::filesystem::absolute(lock);
    std::error_code ignored;
    if (!std::filesystem::is_directory(lock.parent_path(), ignored) || std::filesystem::is_directory(lock, ignored)) {
        return reader.wrong("training_slot_lock", "'" + printable(lock.string()) +
                                                      "' is no file in a folder that exists: make the folder, or name "
                                                      "another file");
    }
    return {};
}

} // namespace

std::variant<TrainerSettings, int> read_trainer_settings(std::string const& name, Invocation const& start)
{
    TrainerSettings settings;
    settings.name = name;
    settings.data_folder = default_data_folder(name, start.environment);
    return read_settings(description(name), settings, start, check);
}

std::string trainer_settings_section()
{
    TrainerSettings settings;
    settings.name = "trainer";
    return settings_section(description("trainer node"), settings);
}

} // namespace learning_loop
