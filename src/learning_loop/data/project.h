#pragma once

#include "learning_loop/data/category.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
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
    std::int64_t broken_image_count = 0;              ///< Those of all states whose pixels are damaged.
};
BOOST_DESCRIBE_STRUCT(ProjectDetails, (ProjectEntry), (categories, image_counts, broken_image_count))

/// The answer to `POST /api/{organization}/projects/generator`.
struct GeneratedProject {
    std::string organization_id;
    std::string project_id;
    std::uint64_t image_count = 0;
};
BOOST_DESCRIBE_STRUCT(GeneratedProject, (), (organization_id, project_id, image_count))

/// The body of `POST /api/{organization}/projects`.
struct NewProject {
    std::string project_name;
    std::vector<NewCategory> categories;
    std::optional<int> test_percent; ///< Of the images that come; by default 20.
    std::optional<int> val_percent;  ///< By default 0.
};
BOOST_DESCRIBE_STRUCT(NewProject, (), (project_name, categories, test_percent, val_percent))

/// The answer to `DELETE /api/{organization}/projects/{project}`.
struct DeletedProject {
    std::string organization_id;
    std::string project_id;
    bool keeps_images = false; ///< Whether the files of its images are set aside instead of being removed.
};
BOOST_DESCRIBE_STRUCT(DeletedProject, (), (organization_id, project_id, keeps_images))

/// How the images that come are split, in percent. The answer to `GET` and `PUT .../split`.
struct Split {
    int train = 80;
    int test = 20;
    int val = 0;
};
BOOST_DESCRIBE_STRUCT(Split, (), (train, test, val))

/// The body of `PUT .../split`.
struct SplitChange {
    int train = 0;
    int test = 0;
    std::optional<int> val;     ///< By default 0.
    std::optional<bool> redraw; ///< Whether the images that are there get their sets anew, too.
};
BOOST_DESCRIBE_STRUCT(SplitChange, (), (train, test, val, redraw))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<ProjectEntry>();
extern template JsonType const& json_type<ProjectList>();
extern template JsonType const& json_type<ProjectDetails>();
extern template JsonType const& json_type<GeneratedProject>();
extern template JsonType const& json_type<NewProject>();
extern template JsonType const& json_type<DeletedProject>();
extern template JsonType const& json_type<Split>();
extern template JsonType const& json_type<SplitChange>();

} // namespace learning_loop
