#pragma once

#include "learning_loop/base/error.h"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace learning_loop {

/// Reads one JSON document. Bounded: nesting deeper than 64 is refused. invalid_argument names `what` and the place.
Result<boost::json::value> parse_json(std::string_view text, std::string_view what);

/// JSON text without blanks. Numbers are written in their shortest plain form (`0.45`, not `4.5E-1`), since people read
/// them.
std::string to_text(boost::json::value const& value);

} // namespace learning_loop
