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

    int status = 0; ///< That the program exits with, if it reads no settings.

    /// Returns what `read(invocation)` returns; what is wrong is told as a program tells it.
    template <class Read>
    auto read(std::string const& program, Read const& read_invocation)
    {
        std::vector<char const*> words{"program"};
        for (auto const& flag : flags) words.push_back(flag.c_str());
        auto const environment = [this](std::string const& variable) {
            auto const found = variables.find(variable);
            return found == variables.end() ? std::string() : found->second;
        };
        auto settings =
            read_invocation(Invocation{static_cast<int>(words.size()), words.data(), environment, &out, &err});
        if (!settings) status = refuse_settings(program, settings.error(), err);
        return settings;
    }
};

} // namespace learning_loop::test
