#pragma once

#include "learning_loop/async/running_task.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace learning_loop {

/// A line of what a program is at, for as long as it lives. `line` is called on the thread that asks for the report;
/// an empty text is left out.
class ReportEntry {
public:
    explicit ReportEntry(std::function<std::string()> line);
    ReportEntry(ReportEntry const&) = delete;
    ReportEntry& operator=(ReportEntry const&) = delete;
    ~ReportEntry();

private:
    struct Entries;
    static Entries& entries();

    friend std::vector<std::string> report();
    std::function<std::string()> line_;
};

/// What the program is at: every live task, where it waits and for how long; every queue that is not empty. Call on the
/// io thread. Coroutines leave no stack that a debugger could show: this is shown instead, on SIGUSR1.
std::vector<std::string> report();

} // namespace learning_loop
