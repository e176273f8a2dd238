#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>

namespace learning_loop {

/// How nodes and the Loop acknowledge each other's events.
struct NodeAck {
    bool success = true;
    std::optional<std::string> error_msg; ///< For people; null if `success`.
    boost::json::value payload;           ///< Null: nothing to tell.
};
BOOST_DESCRIBE_STRUCT(NodeAck, (), (success, error_msg, payload))

/// The ack of an event that failed.
NodeAck failed_ack(Error const& error);

/// Reads the arguments of an ack in the form of any generation: the object above, or, of the oldest, a bool or a text.
/// An ack without arguments is a failure: the other side does not know the event, or its handler broke.
NodeAck read_node_ack(boost::json::array const& arguments);

// Compiled once, in the .cpp.
extern template JsonType const& json_type<NodeAck>();

} // namespace learning_loop
