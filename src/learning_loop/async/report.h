#pragma once

#include "learning_loop/async/running_task.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace learning_loop {

/// A line of the report, as long as this lives. `line` is called on the thread that makes the report; if it returns an
/// empty text, the line is left out.
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

/// What the program does at the moment: every task that has not ended, what it waits for and since when; every queue
/// that is not empty. Callers must be on the io thread. A suspended coroutine has no stack that a debugger could show:
/// SIGUSR1 logs this report instead.
std::vector<std::string> report();

} // namespace learning_loop
