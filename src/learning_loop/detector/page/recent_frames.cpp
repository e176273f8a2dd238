#include "learning_loop/detector/page/recent_frames.h"

#include <algorithm>

namespace learning_loop {
namespace {

template <class T>
void keep_first(std::vector<T>& all, std::size_t count)
{
    if (all.size() > count) all.erase(all.begin() + static_cast<std::ptrdiff_t>(count), all.end());
    all.shrink_to_fit();
}

/// Cuts between two characters of UTF-8.
void shorten(std::string& text)
{
    if (text.size() <= RecentFrames::max_text_bytes) return;
    auto end = RecentFrames::max_text_bytes;
    auto const is_within_character = [&] { return (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80; };
    while (end > 0 && is_within_character()) --end;
    text.resize(end);
    text.shrink_to_fit();
}

void shorten(std::optional<std::string>& text)
{
    if (text) shorten(*text);
}

void shorten(std::vector<std::string>& texts)
{
    keep_first(texts, RecentFrames::max_texts);
    for (auto& text : texts) shorten(text);
}

template <class Detection>
void shorten(std::vector<Detection>& detections)
{
    keep_first(detections, RecentFrames::max_detections);
    for (auto& detection : detections) {
        shorten(detection.category_name);
        shorten(detection.model_name);
        shorten(detection.category_id);
    }
}

/// Leaves out whole outlines: half of one would show something else.
void leave_out_long_outlines(std::vector<SegmentationDetection>& detections)
{
    std::size_t points = 0;
    std::erase_if(detections, [&](auto const& detection) {
        bool const fits = points + detection.shape.points.size() <= RecentFrames::max_outline_points;
        if (fits) points += detection.shape.points.size();
        return !fits;
    });
}

/// What people look at: what was found, and the tags.
ImageMetadata shown_part(ImageMetadata found)
{
    ImageMetadata shown;
    shown.box_detections = std::move(found.box_detections);
    shown.point_detections = std::move(found.point_detections);
    shown.segmentation_detections = std::move(found.segmentation_detections);
    shown.classification_detections = std::move(found.classification_detections);
    shown.tags = std::move(found.tags);
    leave_out_long_outlines(shown.segmentation_detections);
    shorten(shown.box_detections);
    shorten(shown.point_detections);
    shorten(shown.segmentation_detections);
    shorten(shown.classification_detections);
    shorten(shown.tags);
    return shown;
}

} // namespace

bool RecentFrames::take_turn(Time now)
{
    if (counted_ && now > *counted_) {
        auto const seconds = std::chrono::duration<double>(now - *counted_).count();
        turns_ = std::min(max_turns, turns_ + seconds * turns_per_second);
    }
    counted_ = std::max(counted_.value_or(now), now);
    if (turns_ < 1) return false;
    turns_ -= 1;
    return true;
}

void RecentFrames::add(RecentFrame frame)
{
    frame.number = ++last_number_;
    frame.detections = detection_count(frame.found);
    frame.found = shown_part(std::move(frame.found));
    shorten(frame.camera);
    shorten(frame.source);
    shorten(frame.causes);
    frames_.push_back(std::move(frame));
    if (frames_.size() > max_frames) frames_.pop_front();
}

RecentFrame const* RecentFrames::find(std::uint64_t number) const
{
    for (auto const& frame : frames_) {
        if (frame.number == number) return &frame;
    }
    return nullptr;
}

} // namespace learning_loop
