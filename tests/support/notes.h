#pragma once

#include "support/eventually.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

namespace learning_loop::test {

/// What happened on a server's thread, in order, for a test to look at.
class Notes {
public:
    void add(std::string note)
    {
        std::scoped_lock const lock(mutex_);
        notes_.push_back(std::move(note));
    }
    std::vector<std::string> all() const
    {
        std::scoped_lock const lock(mutex_);
        return notes_;
    }
    std::size_t count(std::string const& note) const
    {
        auto const notes = all();
        return static_cast<std::size_t>(std::count(notes.begin(), notes.end(), note));
    }

    /// Waits for it; false when it does not come.
    bool come(std::string const& note) const
    {
        return eventually([&] { return count(note) > 0; });
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> notes_;
};

} // namespace learning_loop::test
