#include "learning_loop/detector/commands/outbox_command.h"

#include "learning_loop/settings/state_folder.h"

#include <unistd.h>

namespace learning_loop {
namespace fs = std::filesystem;

ProgramDescription describe_outbox_command(std::string name, std::string purpose, std::vector<Setting> own)
{
    own.insert(own.begin(), {.field = "data_folder",
                             .meaning = "of the detector",
                             .default_text = "`/data` in a container that has it, "
                                             "`$XDG_STATE_HOME/learning-loop/detector` for a person"});
    return {"learning-loop outbox " + std::move(name), std::move(purpose), std::move(own), true};
}

fs::path default_detector_folder(Environment const& environment)
{
    return default_data_folder("detector", environment);
}

Result<fs::path> find_outbox(fs::path const& data_folder)
{
    auto const outbox = fs::absolute(data_folder) / "outbox";
    std::error_code failure;
    bool const is_there = fs::is_directory(outbox, failure);
    bool const is_closed = is_there && ::access(outbox.c_str(), R_OK | X_OK) != 0;
    if (is_closed || failure == std::errc::permission_denied) {
        return Error{Errc::forbidden, data_folder.string() + " belongs to another user: run this command as that user, "
                                                             "or as root"};
    }
    if (is_there) return outbox;
    return Error{Errc::not_found, "there is no outbox in " + data_folder.string() +
                                      ": name the detector's data folder with --data-folder"};
}

std::string images_text(std::uint64_t count)
{
    return std::to_string(count) + (count == 1 ? " image" : " images");
}

} // namespace learning_loop
