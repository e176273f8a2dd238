#pragma once

#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>

#include <string>

namespace learning_loop {

/// The project that something belongs to. Both are ids, in lower case.
struct Context {
    std::string organization;
    std::string project;

    bool operator==(Context const&) const = default;
};
BOOST_DESCRIBE_STRUCT(Context, (), (organization, project))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<Context>();

} // namespace learning_loop
