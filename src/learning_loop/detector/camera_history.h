#pragma once

#include "learning_loop/detector/place.h"

#include <chrono>
#include <list>
#include <string>
#include <unordered_map>

namespace learning_loop {

/// What one camera has shown: boxes and points, each remembered until an hour after it was last seen. A question takes
/// about as long whether it remembers ten or ten thousand. Not thread safe.
class CameraHistory {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit CameraHistory(std::size_t max_observations) : max_observations_(max_observations) {}
    CameraHistory(CameraHistory&&) = default;

    /// Returns whether this is new: no place of the same category that is remembered is similar. What is new is
    /// remembered, and beyond `max_observations` replaces what was not seen for longest; otherwise all that are similar
    /// have been seen again. A place that is similar to nothing is always new, and not remembered.
    /// `now` must not be earlier than before.
    bool observe(std::string const& category_name, Place const& place, Time now);

    void forget_old(Time now); ///< What was not seen for more than an hour.
    void forget_oldest();      ///< What was not seen for longest. Must not be called on an empty history.

    bool empty() const { return by_age_.empty(); }
    std::size_t bytes() const { return bytes_; } ///< Of memory, at most; none when empty.

private:
    struct Observation {
        std::string category_name;
        Place place;
        Time last_seen;
    };
    using Iterator = std::list<Observation>::iterator;

    bool renew_similar(std::string const& category_name, Place const& place, Time now);
    void remember(Observation observation);

    std::size_t max_observations_;
    std::size_t bytes_ = 0;
    std::list<Observation> by_age_; ///< What was not seen for longest in front.
    std::unordered_multimap<std::size_t, Iterator> by_cell_;
};

} // namespace learning_loop
