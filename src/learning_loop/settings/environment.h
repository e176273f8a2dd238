#pragma once

#include <functional>
#include <string>

namespace learning_loop {

/// The value of a variable, empty when it is unset. Tests hand in one of their own.
using Environment = std::function<std::string(std::string const& variable)>;

/// The environment of this process. Only what starts a program asks it.
std::string environment(std::string const& variable);

} // namespace learning_loop
