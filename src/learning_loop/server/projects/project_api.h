#pragma once

#include <cstdint>
#include <functional>

namespace learning_loop {

namespace http {
class Router;
}
namespace store {
class ImageRepository;
class ProjectRemovals;
class ProjectRepository;
} // namespace store

struct ProjectApiParts {
    store::ProjectRepository& projects;
    store::ImageRepository& images;
    store::ProjectRemovals& removals;
    std::function<void(std::int64_t)> deleted; ///< Told the number of each project that was.
};

/// Which projects there are, and how they stand; makes and deletes them. The parts must outlive the router.
void add_project_api(http::Router& router, ProjectApiParts const& parts);

} // namespace learning_loop
