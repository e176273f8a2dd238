#pragma once

#include "learning_loop/base/error.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace learning_loop {

/// Reads one JSON document. Errors: invalid_argument if it is not valid, nested deeper than 64 levels or has a number
/// beyond the range of a double; the message begins with `what`.
Result<boost::json::value> parse_json(std::string_view text, std::string_view what);

/// The same for what Python programs write: numbers that are none (`NaN`, `Infinity`, `1e400`) count as null, escapes
/// of half a character as U+FFFD, and a byte order mark is passed over, so that none of them costs the whole document.
Result<boost::json::value> parse_json_with_odd_numbers(std::string_view text, std::string_view what);

/// The value of a key. Null if it is absent, or null: peers write both for what they do not know.
boost::json::value const* find_present(boost::json::object const& object, std::string_view key);

/// JSON text without blanks. Numbers are written in their shortest plain form (`0.45`, not `4.5E-1`), since people read
/// them.
std::string to_text(boost::json::value const& value);

} // namespace learning_loop
