#include "learning_loop/async/report.h"

#include <mutex>
#include <set>

namespace learning_loop {

// Guarded, because pools may be made on any thread.
struct ReportEntry::Entries {
    std::mutex mutex;
    std::set<ReportEntry*> all;
};

ReportEntry::Entries& ReportEntry::entries()
{
    static Entries entries;
    return entries;
}

ReportEntry::ReportEntry(std::function<std::string()> line) : line_(std::move(line))
{
    std::lock_guard const lock(entries().mutex);
    entries().all.insert(this);
}

ReportEntry::~ReportEntry()
{
    std::lock_guard const lock(entries().mutex);
    entries().all.erase(this);
}

std::vector<std::string> report()
{
    std::vector<std::string> lines;
    std::lock_guard const lock(ReportEntry::entries().mutex);
    for (auto const* entry : ReportEntry::entries().all) {
        if (auto line = entry->line_(); !line.empty()) lines.push_back(std::move(line));
    }
    return lines;
}

} // namespace learning_loop
