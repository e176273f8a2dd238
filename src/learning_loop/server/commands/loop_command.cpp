#include "learning_loop/server/commands/loop_command.h"

#include "learning_loop/server/commands/ask_loop.h"
#include "learning_loop/server/settings.h"

namespace learning_loop {

ProgramDescription describe_command(std::string name, std::string purpose, std::vector<Setting> own)
{
    own.insert(own.begin(), data_folder_setting());
    return {std::move(name), std::move(purpose), std::move(own), true};
}

std::filesystem::path database_in(std::filesystem::path const& data_folder)
{
    return data_folder / "loop.db";
}

Result<void> require_loop(std::filesystem::path const& data_folder)
{
    std::error_code failure;
    if (std::filesystem::exists(database_in(data_folder), failure)) return {};
    if (failure == std::errc::permission_denied) {
        return Error{Errc::forbidden, data_folder.string() + " belongs to another user: run this command as that user, "
                                                             "or as root"};
    }
    return Error{Errc::not_found, "there is no Loop in " + data_folder.string() +
                                      ": name its folder with --data-folder, or start `learning-loop server` first"};
}

std::optional<AdminAnswer> ask_or_tell(ProgramDescription const& command, std::filesystem::path const& data_folder,
                                       AdminRequest const& request)
{
    auto const there = require_loop(data_folder);
    auto answer = there ? ask_loop(data_folder, request) : Result<AdminAnswer>(there.error());
    if (answer) return std::move(*answer);
    refuse_command(command.name, answer.error());
    return std::nullopt;
}

} // namespace learning_loop
