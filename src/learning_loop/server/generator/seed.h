#pragma once

#include <cstdint>
#include <string_view>

namespace learning_loop {

/// A seed that follows from the text: the same text, the same seed.
std::uint64_t seed_from(std::string_view text);

} // namespace learning_loop
