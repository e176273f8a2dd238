#pragma once

#include <cstdlib>
#include <string>

namespace learning_loop::test {

/// What a variable of the environment says, or what else counts if there is none. No other thread may write it.
inline std::string variable_or(char const* name, std::string const& otherwise)
{
    auto const* const told = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
    return told ? told : otherwise;
}

/// A variable of the environment, while it lives.
class Variable {
public:
    Variable(char const* name, std::string const& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
    Variable(Variable const&) = delete;
    Variable& operator=(Variable const&) = delete;
    ~Variable() { ::unsetenv(name_); }

private:
    char const* name_;
};

} // namespace learning_loop::test
