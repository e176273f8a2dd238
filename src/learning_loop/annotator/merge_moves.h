#pragma once

#include "learning_loop/annotator/annotator_logic.h"

#include <cstddef>

namespace learning_loop {

/// Whether the next action makes an earlier one, which still waits, stale: both are moves of the mouse over the same
/// image, for the same category, with the same keys pressed.
bool can_merge(UserAction const& waiting, UserAction const& next);

/// The next action, with the places that the one that waited has passed, and its own. If they are more than
/// `max_passed`, every other one is left out.
UserAction merge(UserAction waiting, UserAction next, std::size_t max_passed);

} // namespace learning_loop
