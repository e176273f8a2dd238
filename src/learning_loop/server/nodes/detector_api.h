#pragma once

namespace learning_loop {

namespace http {
class Router;
}
namespace store {
class DetectorRepository;
class ProjectRepository;
} // namespace store

/// A project's detectors report here. The parts must outlive the router.
void add_detector_api(http::Router& router, store::ProjectRepository& projects, store::DetectorRepository& detectors);

} // namespace learning_loop
