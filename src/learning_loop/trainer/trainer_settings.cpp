#include "learning_loop/trainer/trainer_settings.h"

#include "learning_loop/base/text.h"
#include "learning_loop/settings/state_folder.h"

namespace learning_loop {
namespace {

ProgramDescription description(std::string program)
{
    return {std::move(program), "A trainer node: trains models for the Loop.", trainer_setting_rows()};
}

} // namespace

std::vector<Setting> trainer_setting_rows()
{
    auto rows = node_settings();
    for (auto& row : rows) {
        if (row.field == "name") row.default_text = "the program's name";
        if (row.field == "username") row.meaning = "login at the Loop; a trainer needs one, or LOOP_TOKEN";
        if (row.field == "node_version") row.meaning = "of the trainer's code, told on its page";
    }
    std::vector<Setting> const own{
        {.field = "inference_batch_size",
         .meaning = "images that a new model looks at in one call, after the training",
         .min = 1,
         .max = 10'000},
        {.field = "restart_after_training",
         .meaning = "end with exit status 0 after each training, also an aborted one, for a supervisor that starts "
                    "trainers anew"},
        {.field = "keep_old_trainings",
         .meaning = "keep the folders of ended trainings whole; by default only the log of the last one stays"},
        {.field = "training_slot_lock",
         .meaning = "a file that all trainers on one graphics card name, so that only one of them trains at a time; "
                    "its folder must exist",
         .default_text = "no lock"},
        {.field = "vram_limit_gb",
         .meaning = "gigabytes of graphics memory that a training may use, of the card's total; 0: the whole card. It "
                    "is told to the training program, in its environment",
         .min = 0,
         .max = 100'000},
        {.field = "trainer_idle_timeout_sec",
         .meaning = "end with exit status 0 after so many seconds without a training; 0: never",
         .min = 0,
         .max = 1e9},
    };
    rows.insert(rows.end(), own.begin(), own.end());
    return rows;
}

TrainerSettings trainer_defaults(std::string const& name)
{
    TrainerSettings settings;
    settings.port = 8001;
    settings.name = name;
    return settings;
}

Result<void> check_trainer_settings(TrainerSettings const& settings, SettingsReader const& reader)
{
    if (auto const checked = check_node_settings(settings, reader); !checked) return checked;
    auto const& lock = settings.training_slot_lock;
    if (lock.empty() || std::filesystem::is_directory(std::filesystem::absolute(lock).parent_path())) return {};
    return reader.wrong("training_slot_lock", "'" + printable(lock.string()) +
                                                  "': its folder does not exist: make it, or mount it from the host");
}

Result<std::optional<TrainerSettings>> read_trainer_settings(std::string const& name, Invocation const& start)
{
    auto settings = trainer_defaults(name);
    settings.data_folder = default_data_folder(name, start.environment);
    return read_settings(description(name), settings, start, check_trainer_settings);
}

} // namespace learning_loop
