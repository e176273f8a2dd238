#pragma once

#include "learning_loop/trainer/process/guarded_process.h"

#include <string>
#include <string_view>

namespace learning_loop {

/// What a guard is to start.
struct GuardTask {
    Command command;
    ProcessPlace place;
};

/// Errors: invalid_argument if the command has no program, or if a system could not pass on one of its texts.
Result<void> check_command(Command const& command);

/// For the file that the guard reads. The command must be one that `check_command` takes.
std::string text_of_guard_task(GuardTask const& task);

/// Of a text that `text_of_guard_task` has made. Throws if it is not one.
GuardTask read_guard_task(std::string_view text);

} // namespace learning_loop
