#pragma once

namespace learning_loop {

/// Lets the rest of the program come first, from now on, whenever all cores are busy: for a thread whose work nobody
/// waits for, or that must not be in anybody's way.
void lower_priority_of_thread();

} // namespace learning_loop
