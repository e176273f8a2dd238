#pragma once

namespace learning_loop {

/// `learning-loop trainer`: a trainer node that trains with a program of others, as the file of its setting `command`
/// describes it. `main` must have called `run_guard_if_asked`. Returns the exit status; see run_node.h.
int run_command_trainer(int argc, char const* const* argv);

} // namespace learning_loop
