#pragma once

#include <cstdlib>
#include <string>

namespace learning_loop::test {

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
