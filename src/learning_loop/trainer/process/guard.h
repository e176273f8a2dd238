#pragma once

#include <optional>

namespace learning_loop {

/// If the program was started as the guard of a process (guarded_process.h), this is that guard's whole life: returns
/// its exit status. nullopt: it was not. To be called first in `main`, before there are threads; GuardedProcess starts
/// nothing in a program that never calls it.
std::optional<int> run_guard_if_asked(int argc, char const* const* argv);

/// Whether the program serves as a guard when it is asked to: `run_guard_if_asked` was called.
bool serves_as_guard();

} // namespace learning_loop
