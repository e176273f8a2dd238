#pragma once

#include <string_view>

namespace learning_loop {

/// Of this build, as `0.1.0`.
std::string_view version();

} // namespace learning_loop
