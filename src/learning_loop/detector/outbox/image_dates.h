#pragma once

#include <boost/describe/class.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// The dates of images that a robot takes before its clock is set: many boards have no battery and begin in 1970.

namespace learning_loop {

/// A moment by what goes on evenly whatever is done to the clock: it tells the date once the clock is set.
struct ClockMark {
    std::string boot;    ///< Which start of the machine: Linux' boot_id.
    double uptime_s = 0; ///< Since then, suspended time included.
};
BOOST_DESCRIBE_STRUCT(ClockMark, (), (boot, uptime_s))

/// What the clocks of this machine tell at a moment.
struct Moment {
    std::chrono::system_clock::time_point time;
    ClockMark mark;

    bool has_date() const; ///< Whether the clock is set: it tells a time after this was written.
};

Moment read_clocks();

/// The date of a mark, as the clock tells it now. nullopt if the clock is not set, and if the machine was started anew:
/// then nobody knows.
std::optional<std::string> date_of(ClockMark const& mark, Moment const& now);

/// The metadata of an image with another `created`. nullopt if it is no JSON object.
std::optional<std::string> with_date(std::string_view metadata, std::string const& date);

} // namespace learning_loop
