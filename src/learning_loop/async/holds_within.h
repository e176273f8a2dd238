#pragma once

#include "learning_loop/async/task.h"

#include <chrono>
#include <functional>

namespace learning_loop {

/// Waits until the condition holds, but not longer than `limit`, and returns whether it does. It is asked on the io
/// thread every few milliseconds, since threads that nobody can wait for bring it about: those of a user's code when a
/// program ends.
Task<bool> holds_within(std::function<bool()> condition, std::chrono::milliseconds limit);

} // namespace learning_loop
