#pragma once

#include "learning_loop/data/category.h"

#include <cstdint>
#include <map>
#include <vector>

// What the Loop tells of its projects.

namespace learning_loop {

struct ProjectEntry {
    std::string organization_id;
    std::string project_id;
    std::string resource; ///< Its path without `/api`, as `/demo/projects/field`.
};
BOOST_DESCRIBE_STRUCT(ProjectEntry, (), (organization_id, project_id, resource))

/// The answer to `GET /api/projects`.
struct ProjectList {
    std::vector<ProjectEntry> projects;
};
BOOST_DESCRIBE_STRUCT(ProjectList, (), (projects))

/// The answer to `GET /api/{organization}/projects/{project}`.
struct ProjectDetails : ProjectEntry {
    std::vector<Category> categories;
    std::map<std::string, std::int64_t> image_counts; ///< By state.
};
BOOST_DESCRIBE_STRUCT(ProjectDetails, (ProjectEntry), (categories, image_counts))

/// The answer to `POST /api/{organization}/projects/generator`.
struct GeneratedProject {
    std::string organization_id;
    std::string project_id;
    std::uint64_t image_count = 0;
};
BOOST_DESCRIBE_STRUCT(GeneratedProject, (), (organization_id, project_id, image_count))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<ProjectEntry>();
extern template JsonType const& json_type<ProjectList>();
extern template JsonType const& json_type<ProjectDetails>();
extern template JsonType const& json_type<GeneratedProject>();

} // namespace learning_loop
