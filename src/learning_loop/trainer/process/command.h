#pragma once

#include <map>
#include <string>
#include <vector>

namespace learning_loop {

/// A program of others, and how to call it. No shell is involved unless it is one.
struct Command {
    std::vector<std::string> arguments;             ///< The program first: a path, or a name that PATH finds.
    std::map<std::string, std::string> environment; ///< Beside that of the node, or in its place.
};

} // namespace learning_loop
