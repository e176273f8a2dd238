#pragma once

#include "learning_loop/data/image_metadata.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// One image that a detector looked at, as people see it.
struct RecentFrame {
    std::uint64_t number = 0; ///< Of all that were added since the start, from 1. `RecentFrames::add` gives it.
    std::string received;     ///< As `timestamp_now` tells it.
    std::string camera;       ///< Empty: not told.
    std::optional<std::string> source;
    int width_px = 0; ///< Of the upright image, whose pixels the detections count in.
    int height_px = 0;
    double milliseconds = 0;         ///< Decoding and evaluation together.
    std::vector<std::string> causes; ///< Why the image is kept for the Loop; empty: it is not.
    std::size_t detections = 0;      ///< How many there were, of all kinds. `RecentFrames::add` counts them.
    ImageMetadata found;
    std::string jpeg; ///< A thumbnail of at most 640 pixels a side.
};

/// The last frames of a detector, for people who look. Bounded in number and bytes, whatever clients and models send.
/// To be used on the io thread.
class RecentFrames {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// Whether the frame that comes now is to be shown: 12 at once, and then 2 a second, so that a fast stream costs no
    /// more than 2 thumbnails a second. To be asked once for each frame.
    bool take_turn(Time now);

    /// Keeps a frame, of its detections the first `max_detections` of each kind, as long as their texts and outlines
    /// stay short. Forgets the oldest if there are more than `max_frames`.
    void add(RecentFrame frame);

    std::deque<RecentFrame> const& list() const { return frames_; } ///< The oldest first.
    RecentFrame const* find(std::uint64_t number) const;            ///< nullptr: it is not kept.

    static constexpr std::size_t max_frames = 12;
    static constexpr std::size_t max_detections = 500;      ///< Of each kind, of a frame.
    static constexpr std::size_t max_outline_points = 5000; ///< Of a frame.
    static constexpr std::size_t max_text_bytes = 200;      ///< Of a name, a camera or a source; the rest is cut off.
    static constexpr std::size_t max_texts = 20;            ///< Tags and causes of a frame.

private:
    std::deque<RecentFrame> frames_;
    std::uint64_t last_number_ = 0;
    double turns_ = max_turns;
    std::optional<Time> counted_; ///< When turns were last gained.

    static constexpr double max_turns = 12;
    static constexpr double turns_per_second = 2;
};

} // namespace learning_loop
