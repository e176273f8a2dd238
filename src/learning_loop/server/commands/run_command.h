#pragma once

namespace learning_loop {

// Commands of a shell on a Loop's data folder. Each returns its exit status: 0; 1 if the Loop refuses what is asked; 2
// if a word or a setting is wrong.

/// `learning-loop token create|list|revoke`: tokens of nodes and scripts.
int run_token(int argc, char const* const* argv);

/// `learning-loop user list|password`: the accounts.
int run_user(int argc, char const* const* argv);

/// `learning-loop check DATA_FOLDER [--mend]`: compares the database with the files.
int run_check(int argc, char const* const* argv);

} // namespace learning_loop
