#pragma once

namespace learning_loop {

class Accounts;
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
    Accounts& accounts;
};

/// Which projects there are, and how they stand; makes and deletes them. The parts must outlive the router.
void add_project_api(http::Router& router, ProjectApiParts const& parts);

} // namespace learning_loop
