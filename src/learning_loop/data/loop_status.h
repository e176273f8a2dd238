#pragma once

#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>

#include <string>

namespace learning_loop {

/// What the Loop answers where there is nothing else to tell: to `GET /api/status`, to logins and to reports.
struct LoopStatus {
    std::string status; ///< `ready`, `ok`, `logged in`, ...
};
BOOST_DESCRIBE_STRUCT(LoopStatus, (), (status))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<LoopStatus>();

} // namespace learning_loop
