#pragma once

#include <boost/describe/enum.hpp>

namespace learning_loop::http {

/// Who may call a route, from everybody to the fewest; whoever may do more may do less, too. Each route of a router
/// that has a doorkeeper tells it.
enum class Access {
    everybody, ///< Also who is unknown.
    detectors, ///< What a detector does; the operator may let detectors do it without a login.
    nodes,     ///< Whoever is known: nodes, scripts and people.
    people,    ///< People, and scripts that work for them: what changes a project, or what its nodes do.
    operators  ///< Whoever runs this program.
};
BOOST_DESCRIBE_ENUM(Access, everybody, detectors, nodes, people, operators)

} // namespace learning_loop::http
