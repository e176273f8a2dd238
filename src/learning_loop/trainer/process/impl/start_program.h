#pragma once

#include "learning_loop/trainer/process/impl/guard_messages.h"
#include "learning_loop/trainer/process/impl/guard_task.h"

#include <sys/types.h>

#include <optional>

namespace learning_loop {

struct StartFailure {
    StartStep step;
    int number; ///< errno
};

struct StartedProgram {
    pid_t process = 0; ///< Also the id of its group. A child of this process, also if `failure` is there.
    std::optional<StartFailure> failure;
};

/// For a guard: starts the program in a group of its own, with what it writes appended to `log`. Waits until it runs,
/// or until it is known why it does not. When this process dies, it is killed.
StartedProgram start_program(GuardTask const& task, int log);

} // namespace learning_loop
