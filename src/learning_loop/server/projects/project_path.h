#pragma once

#include "learning_loop/store/project.h"

#include <boost/describe/class.hpp>

#include <string>

namespace learning_loop {

/// The path parameters of every route of a project.
struct ProjectPath {
    std::string organization;
    std::string project;
};
BOOST_DESCRIBE_STRUCT(ProjectPath, (), (organization, project))

/// The project's path without `/api`, as the fields `resource` tell it.
inline std::string resource_of(store::Project const& project)
{
    return "/" + project.organization + "/projects/" + project.name;
}

} // namespace learning_loop
