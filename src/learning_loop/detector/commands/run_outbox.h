#pragma once

namespace learning_loop {

/// `learning-loop outbox list|requeue|drop|export`: the images that a detector keeps for the Loop, while it runs or
/// not. Returns the exit status: 0; 1 if what is asked cannot be done; 2 if a word or a setting is wrong.
int run_outbox(int argc, char const* const* argv);

} // namespace learning_loop
