#pragma once

namespace learning_loop {

class DetectorReports;
namespace http {
class Router;
}
namespace store {
class DetectorRepository;
} // namespace store

/// A project's detectors report here. The parts must outlive the router.
void add_detector_api(http::Router& router, store::DetectorRepository& detectors, DetectorReports& reports);

} // namespace learning_loop
