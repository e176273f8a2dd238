#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace learning_loop {

/// The name that was probably meant by a misspelt one; nullopt if none of them is near.
std::optional<std::string_view> nearest_name(std::string_view misspelt, std::span<std::string const> names);

/// `is unknown here: did you mean 'b'?`, or `is unknown here: use a, b or c` if none is near.
std::string unknown_name(std::string_view misspelt, std::span<std::string const> names);

} // namespace learning_loop
