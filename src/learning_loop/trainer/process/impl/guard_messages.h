#pragma once

#include <cstdint>

// What a node and the guard of one of its processes tell each other, over a pair of sockets. If either sees its end
// closed, the other has died.

namespace learning_loop {

/// The first argument of a guard.
inline constexpr char const* guard_argument = "--guard-a-process";

/// Descriptors that a guard is born with, beside stdin, stdout and stderr, which are /dev/null.
inline constexpr int guard_link = 3; ///< Its end of the pair of sockets.
inline constexpr int guard_task = 4; ///< A file with what it is to start: guard_task.h.

/// In the process's folder; its guard has it locked until nothing of the process is left.
inline constexpr char const* process_lock = ".process.lock";

/// To the guard: end the process.
struct StopOrder {
    std::int64_t grace_ms; ///< Between SIGTERM and SIGKILL.
};

enum class StartStep : std::int32_t { folder, lock, log, process, program };

/// From the guard.
struct GuardReport {
    enum class Kind : std::int32_t {
        started, ///< `number`: the process id of the program, which also is that of its group.
        failed,  ///< Nothing runs. `number`: errno of `step`; EWOULDBLOCK of `lock`: another guard holds it.
        ended    ///< Nothing is left. `number`: the status of the program, as `waitpid` tells it.
    };
    Kind kind = Kind::failed;
    StartStep step = StartStep::process;
    std::int32_t number = 0;
};

} // namespace learning_loop
