#include "learning_loop/detector/relevance_filter.h"

namespace learning_loop {
namespace {

constexpr std::size_t min_unexpected_count = 80;

} // namespace

std::vector<std::string> RelevanceFilter::causes(std::string const& camera, ImageMetadata const& metadata, Time now)
{
    forget_old_of_unused_cameras(now);
    auto& history = history_of(camera);
    bytes_ -= history.bytes();
    history.forget_old(now);
    bool uncertain = finds_uncertain_news(metadata.box_detections, history, now);
    uncertain |= finds_uncertain_news(metadata.point_detections, history, now);
    bytes_ += history.bytes();
    make_room();
    for (auto const& whole : metadata.classification_detections) uncertain |= is_uncertain(whole.confidence);

    std::vector<std::string> causes;
    if (uncertain) causes.emplace_back("uncertain");
    if (!metadata.segmentation_detections.empty()) causes.emplace_back("segmentation_detection");
    if (detection_count(metadata) >= min_unexpected_count) causes.emplace_back("unexpected_observations_count");
    return causes;
}

void RelevanceFilter::forget(std::string const& camera)
{
    if (auto const found = by_name_.find(camera); found != by_name_.end()) remove(found->second);
}

void RelevanceFilter::forget_all()
{
    by_name_.clear();
    cameras_.clear();
    bytes_ = 0;
}

template <class Detection>
bool RelevanceFilter::finds_uncertain_news(std::vector<Detection> const& detections, CameraHistory& history,
                                           Time now) const
{
    bool found = false;
    for (auto const& detection : detections) {
        bool const is_new = history.observe(detection.category_name, place_of(detection), now);
        found |= is_new && is_uncertain(detection.confidence); // go on: all are remembered
    }
    return found;
}

CameraHistory& RelevanceFilter::history_of(std::string const& camera)
{
    if (auto const found = by_name_.find(camera); found != by_name_.end()) {
        cameras_.splice(cameras_.begin(), cameras_, found->second);
    } else {
        if (cameras_.size() == max_cameras) remove(std::prev(cameras_.end()));
        cameras_.push_front({camera});
        by_name_.emplace(cameras_.front().name, cameras_.begin());
    }
    return cameras_.front().history;
}

void RelevanceFilter::forget_old_of_unused_cameras(Time now)
{
    while (!cameras_.empty()) {
        auto& history = cameras_.back().history;
        bytes_ -= history.bytes();
        history.forget_old(now);
        bytes_ += history.bytes();
        if (!history.empty()) return; // the others were used later
        remove(std::prev(cameras_.end()));
    }
}

void RelevanceFilter::make_room()
{
    while (bytes_ > max_bytes) {
        auto& history = cameras_.back().history;
        if (history.empty()) {
            remove(std::prev(cameras_.end()));
            continue;
        }
        bytes_ -= history.bytes();
        history.forget_oldest();
        bytes_ += history.bytes();
    }
}

void RelevanceFilter::remove(Iterator camera)
{
    bytes_ -= camera->history.bytes();
    by_name_.erase(camera->name);
    cameras_.erase(camera);
}

} // namespace learning_loop
