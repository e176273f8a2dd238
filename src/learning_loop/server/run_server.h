#pragma once

namespace learning_loop {

/// The program `learning-loop server`: serves until SIGINT or SIGTERM. Returns the exit status: 0 after a signal, 2 if
/// a setting is wrong, the port is taken or the data folder cannot be used, 1 after any other failure, such as a
/// damaged database. If the end fails, the process exits with 3 instead of returning.
int run_server(int argc, char const* const* argv);

} // namespace learning_loop
