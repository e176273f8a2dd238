#pragma once

#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// A trainer or annotation node, as it told of itself last.
struct NodeEntry {
    std::string kind; ///< `trainer` or `annotation_node`.
    std::string id;
    std::string name;
    std::string state;            ///< In its own words; `offline` if it is not connected.
    std::string last_seen;        ///< In UTC.
    std::optional<double> uptime; ///< Seconds.
    std::map<std::string, std::string> errors;
    std::vector<std::string> capabilities; ///< Of an annotation node.
    std::string logged_in_as;
};
BOOST_DESCRIBE_STRUCT(NodeEntry, (), (kind, id, name, state, last_seen, uptime, errors, capabilities, logged_in_as))

/// The answer to `GET /api/nodes`.
struct NodeList {
    std::vector<NodeEntry> nodes;
};
BOOST_DESCRIBE_STRUCT(NodeList, (), (nodes))

/// The answer to `POST .../user_input`.
struct DrawnInput {
    std::string svg; ///< What is to be drawn over the image; empty: nothing.
};
BOOST_DESCRIBE_STRUCT(DrawnInput, (), (svg))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<NodeList>();
extern template JsonType const& json_type<DrawnInput>();

} // namespace learning_loop
