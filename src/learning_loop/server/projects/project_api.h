#pragma once

namespace learning_loop {

namespace http {
class Router;
}
namespace store {
class ImageRepository;
class ProjectRepository;
} // namespace store

/// Which projects there are, and how they stand. The parts must outlive the router.
void add_project_api(http::Router& router, store::ProjectRepository& projects, store::ImageRepository& images);

} // namespace learning_loop
