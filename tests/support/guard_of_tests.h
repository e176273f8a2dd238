#pragma once

#include "learning_loop/trainer/process/guard.h"

#include <unistd.h>

// Included by one file of each test program that starts guarded processes: it makes the program serve as their guard.

namespace learning_loop::test {

/// Runs before GoogleTest's main; the system's C library passes it what it passes to main.
[[gnu::constructor]] static void serve_as_guard(int argc, char** argv)
{
    if (auto const status = run_guard_if_asked(argc, argv)) ::_exit(*status);
}

} // namespace learning_loop::test
