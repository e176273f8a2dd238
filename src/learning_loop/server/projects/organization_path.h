#pragma once

#include <boost/describe/class.hpp>

#include <string>

namespace learning_loop {

/// Of a route about the projects of an organization.
struct OrganizationPath {
    std::string organization;
};
BOOST_DESCRIBE_STRUCT(OrganizationPath, (), (organization))

} // namespace learning_loop
