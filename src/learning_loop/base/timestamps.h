#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace learning_loop {

/// Now, in UTC, as `2024-01-31T12:00:00.123456+00:00`: a form every peer reads.
std::string timestamp_now();

/// That time in the same form.
std::string timestamp_of(std::chrono::system_clock::time_point time);

/// What `timestamp_now` gave, as `2024-01-31T12-00-00.123456`: fit for the name of a file or folder.
std::string time_for_a_name(std::string timestamp);

/// Whether the text is a date that peers understand: `2024-01-31_12:00:00.123` or ISO
/// `2024-01-31T12:00:00[.ffffff][Z|+02:00]` (the fraction has 1 to 6 digits), with a month, day and time that exist.
bool is_timestamp(std::string_view text);

/// A date from outside, written as all of ours are.
struct ReadTimestamp {
    std::string iso;       ///< `2024-01-31T12:00:00[.ffffff][+02:00]`, which `is_timestamp` takes.
    bool is_exact = true;  ///< The same instant to the last digit; false after a leap second, or if digits were cut.
    bool has_zone = false; ///< Without one nobody but the writer knows the instant.
};

/// Reads a date as cameras, databases and people write it: what `is_timestamp` takes and also `2024-01-31`, which is
/// its midnight; `T`, `t`, `_` or a blank before the time; a time without seconds; `.` or `,` and a fraction of any
/// length, of which the first 6 digits are kept; the leap second `:60`, which becomes the next second; `Z`, `z`,
/// `+02:00`, `+0200` or `+02`, up to 23:59 each way, also behind a blank. Years are 0001 to 9999. Returns nullopt for
/// every other text, such as one with a day that does not exist.
std::optional<ReadTimestamp> read_timestamp(std::string_view text);

/// A date that `read_timestamp` reads, as people read it: `2024-01-31 12:00:00`, in UTC, without its fraction. What
/// names no zone counts as UTC. A text that is no date comes back as it is.
std::string shown_in_utc(std::string_view text);

} // namespace learning_loop
