#pragma once

namespace learning_loop {

/// The program `learning-loop server`: serves until SIGINT or SIGTERM. Returns the exit status: 0, or 2 when a setting
/// is wrong or the port or the data folder cannot be had. Throws what nobody can help, such as a damaged database.
int run_server(int argc, char const* const* argv);

} // namespace learning_loop
