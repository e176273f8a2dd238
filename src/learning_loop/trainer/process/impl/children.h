#pragma once

#include <sys/types.h>

namespace learning_loop {

/// Sends a signal to each child of this process and to its whole group, which is never that of this process.
/// `but_group`: its members are left alone; 0: none. Children that wait to be reaped keep their numbers, so that nobody
/// else is hit; the caller must be the only thread that reaps.
void signal_children(int signal, pid_t but_group = 0);

/// Whether any process of that group has not ended. Those that only wait to be reaped have.
bool is_group_alive(pid_t group);

} // namespace learning_loop
