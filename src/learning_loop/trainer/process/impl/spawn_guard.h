#pragma once

#include "learning_loop/base/descriptor.h"
#include "learning_loop/trainer/process/impl/guard_task.h"

#include <sys/types.h>

namespace learning_loop {

struct SpawnedGuard {
    pid_t process = 0; ///< A child of this process.
    Descriptor link;   ///< This process's end of the pair of sockets. The guard holds the only other one.
};

/// Starts this program once more, as a guard that nothing of this process is passed on to but its environment and the
/// folder it stands in. Errors: unavailable if the system has no room for it.
Result<SpawnedGuard> spawn_guard(GuardTask const& task);

/// Reaps a guard that is ending: it takes no time worth a thread.
void reap_guard(pid_t guard);

/// A guard that ends by itself, later: it is reaped when the thread that called this calls it again, or calls
/// `spawn_guard`, after that.
void reap_guard_later(pid_t guard);

} // namespace learning_loop
