#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

namespace learning_loop {

/// Counts what somebody did, by a name, and forgets it bit by bit. Remembers some ten thousand names: who sends more of
/// them makes it forget others, maybe too early.
class FadingCounts {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit FadingCounts(double forgotten_per_second) : forgotten_per_second_(forgotten_per_second) {}

    double level(std::string const& name, Time now) const
    {
        auto const found = counts_.find(name);
        return found == counts_.end() ? 0 : faded(found->second, now);
    }

    void add(std::string const& name, Time now)
    {
        if (counts_.size() >= max_names && !counts_.contains(name)) make_room(now);
        counts_[name] = {level(name, now) + 1, now};
    }

private:
    static constexpr std::size_t max_names = 10'000;

    struct Count {
        double level = 0;
        Time at;
    };

    double faded(Count const& count, Time now) const
    {
        auto const age = std::chrono::duration<double>(now - count.at).count();
        return std::max(0.0, count.level - age * forgotten_per_second_);
    }

    void make_room(Time now)
    {
        std::erase_if(counts_, [&](auto const& one) { return faded(one.second, now) == 0; });
        if (counts_.size() >= max_names) counts_.erase(counts_.begin());
    }

    double forgotten_per_second_;
    std::unordered_map<std::string, Count> counts_;
};

} // namespace learning_loop
