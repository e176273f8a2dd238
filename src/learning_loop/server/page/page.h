#pragma once

#include <string>

namespace learning_loop {

namespace http {
class Router;
}
namespace store {
class DetectorRepository;
class ImageRepository;
class ModelRepository;
class ProjectRepository;
} // namespace store

/// Where the page finds what it shows.
struct PageSources {
    store::ProjectRepository& projects;
    store::ImageRepository& images;
    store::ModelRepository& models;
    store::DetectorRepository& detectors;
    std::string url; ///< Of the Loop.
};

/// `GET /`: how a project stands, for people who are logged in; others are sent to the login. No script runs on it. The
/// parts must outlive the router.
void add_page(http::Router& router, PageSources const& sources);

} // namespace learning_loop
