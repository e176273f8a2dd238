#include "learning_loop/settings/environment.h"

#include <cstdlib>

namespace learning_loop {

std::string environment(std::string const& variable)
{
    auto const* const value = std::getenv(variable.c_str());
    return value ? value : "";
}

} // namespace learning_loop
