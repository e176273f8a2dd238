#pragma once

#include "learning_loop/http/caller.h"

#include <cstddef>
#include <string>

namespace learning_loop {

inline constexpr std::size_t max_node_id = 255; ///< Characters of the id that a node tells.

/// Who a node is logged in as, with the project that this is for: `node cam1 of zauberzeug/field`, or `people`.
std::string owner_of(http::Caller const& caller);

/// Whether the caller may speak for a node of that owner: who is the owner, and people and scripts that see all
/// projects.
bool may_speak_for(std::string const& owner, http::Caller const& caller);

} // namespace learning_loop
