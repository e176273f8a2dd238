#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/server/admin/admin_messages.h"
#include "learning_loop/settings/command_line.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// Of a command that is told nothing but where the Loop is.
struct FolderSettings {
    std::filesystem::path data_folder;
};
BOOST_DESCRIBE_STRUCT(FolderSettings, (), (data_folder))

/// How a command is introduced. The settings file of the server tells it, too, where the data folder is.
ProgramDescription describe_command(std::string name, std::string purpose, std::vector<Setting> own);

/// What holds a Loop's rows, in its data folder.
std::filesystem::path database_in(std::filesystem::path const& data_folder);

/// Whether there is a Loop in the folder. Errors: not_found; forbidden if this user may not look into it.
Result<void> require_loop(std::filesystem::path const& data_folder);

/// Has the Loop do it, and tells why if it does not.
std::optional<AdminAnswer> ask_or_tell(ProgramDescription const& command, std::filesystem::path const& data_folder,
                                       AdminRequest const& request);

} // namespace learning_loop
