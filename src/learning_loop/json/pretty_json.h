#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace learning_loop {

/// JSON for people: a line for each member, a blank after each colon.
std::string pretty_text(boost::json::value const& value);

} // namespace learning_loop
