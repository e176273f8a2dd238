#pragma once

#include <string>
#include <string_view>

namespace learning_loop {

/// Now, in UTC, as `2024-01-31T12:00:00.123456+00:00`: a form every peer reads.
std::string timestamp_now();

/// Whether the text is a date that peers understand: `2024-01-31_12:00:00.123` or ISO
/// `2024-01-31T12:00:00[.ffffff][Z|+02:00]` (the fraction has 1 to 6 digits), with a month, day and time that exist.
bool is_timestamp(std::string_view text);

} // namespace learning_loop
