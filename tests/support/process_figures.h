#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace learning_loop::test {

/// What this process holds.
struct ProcessFigures {
    std::size_t descriptors = 0;
    std::size_t resident_bytes = 0;
};

inline ProcessFigures process_figures()
{
    ProcessFigures figures;
    for ([[maybe_unused]] auto const& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        ++figures.descriptors;
    std::size_t all_pages = 0;
    std::size_t resident_pages = 0;
    std::ifstream("/proc/self/statm") >> all_pages >> resident_pages;
    figures.resident_bytes = resident_pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return figures;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memory_is_given_back = false; // the sanitizer keeps it in quarantine
#else
constexpr bool memory_is_given_back = true;
#endif

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
