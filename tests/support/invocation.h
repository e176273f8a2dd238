#pragma once

#include "learning_loop/settings/settings.h"

#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace learning_loop::test {

/// A program's start with flags, an environment of its own, and what it said.
struct Started {
    std::vector<std::string> flags;
    std::map<std::string, std::string> variables;
    std::ostringstream out;
    std::ostringstream err;

    /// Calls `read(invocation)` and returns what that does.
    template <class Read>
    auto read(Read const& read_invocation)
    {
        std::vector<char const*> words{"program"};
        for (auto const& flag : flags) words.push_back(flag.c_str());
        auto const environment = [this](std::string const& variable) {
            auto const found = variables.find(variable);
            return found == variables.end() ? std::string() : found->second;
        };
        return read_invocation(Invocation{static_cast<int>(words.size()), words.data(), environment, &out, &err});
    }
};

} // namespace learning_loop::test
