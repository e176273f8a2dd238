#pragma once

#include <boost/describe/class.hpp>

#include <string>

namespace learning_loop {

/// The places of a route of a project: `/api/{organization}/projects/{project}`.
struct ProjectPath {
    std::string organization;
    std::string project;
};
BOOST_DESCRIBE_STRUCT(ProjectPath, (), (organization, project))

} // namespace learning_loop
