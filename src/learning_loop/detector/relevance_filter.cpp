#include "learning_loop/detector/relevance_filter.h"

#include <algorithm>
#include <cmath>

namespace learning_loop {
namespace {

constexpr std::chrono::seconds forgotten_after{3600};
constexpr double similar_overlap = 0.5;
constexpr double similar_distance_px = 10;
constexpr std::size_t min_unexpected_count = 80;

/// Intersection over union of two boxes given as left, top, width, height.
template <class A, class B>
double overlap(A const& a, B const& b)
{
    double const width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
    double const height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
    if (width <= 0 || height <= 0) return 0;
    return width * height / (a.width * a.height + b.width * b.height - width * height);
}

} // namespace

std::vector<std::string> RelevanceFilter::causes(std::string const& camera_name, ImageMetadata const& metadata,
                                                 Time now)
{
    auto& camera = find_or_add_camera(camera_name);
    std::erase_if(camera.observations, [&](auto const& seen) { return now - seen.last_seen > forgotten_after; });

    bool uncertain = false;
    for (auto const& box : metadata.box_detections) {
        bool const is_news = observe(camera, {box.category_name, double(box.x), double(box.y), double(box.width),
                                              double(box.height), false, now});
        uncertain |= is_news && is_uncertain(box.confidence);
    }
    for (auto const& point : metadata.point_detections) {
        bool const is_news = observe(camera, {point.category_name, point.x, point.y, 0, 0, true, now});
        uncertain |= is_news && is_uncertain(point.confidence);
    }
    for (auto const& whole : metadata.classification_detections) uncertain |= is_uncertain(whole.confidence);

    std::vector<std::string> causes;
    if (uncertain) causes.emplace_back("uncertain");
    if (!metadata.segmentation_detections.empty()) causes.emplace_back("segmentation_detection");
    if (detection_count(metadata) >= min_unexpected_count) causes.emplace_back("unexpected_observations_count");
    return causes;
}

void RelevanceFilter::forget(std::string const& camera)
{
    if (auto const found = cameras_.find(camera); found != cameras_.end()) found->second.observations.clear();
}

RelevanceFilter::Camera& RelevanceFilter::find_or_add_camera(std::string const& name)
{
    auto found = cameras_.find(name);
    if (found == cameras_.end()) {
        if (cameras_.size() == max_cameras) {
            cameras_.erase(by_use_.back());
            by_use_.pop_back();
        }
        by_use_.push_front(name);
        found = cameras_.emplace(name, Camera{{}, by_use_.begin()}).first;
    }
    by_use_.splice(by_use_.begin(), by_use_, found->second.place);
    return found->second;
}

bool RelevanceFilter::observe(Camera& camera, Observation observation)
{
    bool known = false;
    for (auto& seen : camera.observations) {
        if (seen.is_point != observation.is_point || seen.category_name != observation.category_name) continue;
        bool const similar = seen.is_point
                                 ? std::hypot(seen.x - observation.x, seen.y - observation.y) < similar_distance_px
                                 : overlap(seen, observation) >= similar_overlap;
        if (!similar) continue;
        known = true; // go on: all similar ones are renewed
        seen.last_seen = observation.last_seen;
    }
    if (known) return false;
    auto& observations = camera.observations;
    if (observations.size() == max_observations) {
        observations.erase(std::min_element(observations.begin(), observations.end(),
                                            [](auto const& a, auto const& b) { return a.last_seen < b.last_seen; }));
    }
    observations.push_back(std::move(observation));
    return true;
}

} // namespace learning_loop
