#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/trainer/process/guarded_process.h"

#include <chrono>
#include <optional>

namespace learning_loop {

/// Waits until a process has ended, but not longer than `limit`. nullopt: it still runs.
Task<std::optional<ProcessEnd>> wait_for_process(GuardedProcess& process, std::chrono::milliseconds limit);

} // namespace learning_loop
