#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/server/admin/admin_messages.h"

#include <filesystem>

namespace learning_loop {

/// Has the Loop of a data folder do what a command asks for: the server, if one runs there, through its socket, else
/// this process, which opens the folder meanwhile. There must be a Loop in it. Blocks. Errors: what the Loop refuses;
/// conflict if a process has the folder and does not answer. Throws DatabaseError.
Result<AdminAnswer> ask_loop(std::filesystem::path const& data_folder, AdminRequest const& request);

} // namespace learning_loop
