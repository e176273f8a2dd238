#pragma once

#include "learning_loop/data/detector_status.h"
#include "learning_loop/data/image_metadata.h"
#include "learning_loop/node/page/node_status.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// The images that wait for their upload to the Loop.
struct LiveOutbox {
    OutboxMode mode = OutboxMode::continuous_upload;
    std::uint64_t images = 0;
    std::uint64_t bytes = 0;
    std::uint64_t dropped = 0;  ///< Images that made room for others, since the start.
    std::uint64_t rejected = 0; ///< Images that the Loop will never take, since the start.
};
BOOST_DESCRIBE_STRUCT(LiveOutbox, (), (mode, images, bytes, dropped, rejected))

/// How a detector node is, all but its frames.
struct LiveStatus : AnyNodeStatus {
    std::string organization;
    std::string project;
    std::uint64_t images = 0;     ///< That were evaluated since the start.
    std::uint64_t detections = 0; ///< In these images.
    bool is_ready = false;        ///< A model runs, or none is needed.
    std::string model_format;     ///< Empty: no model is needed.
    AboutDetector about;
    LiveOutbox outbox;
};
BOOST_DESCRIBE_STRUCT(LiveStatus, (AnyNodeStatus),
                      (organization, project, images, detections, is_ready, model_format, about, outbox))

/// A frame as `GET /live` tells it; its picture is at `/live/frames/{number}`.
struct LiveFrame {
    std::uint64_t number = 0;
    std::string received; ///< ISO, UTC.
    std::string camera;
    std::optional<std::string> source;
    int width_px = 0; ///< Of the upright image, whose pixels the detections count in.
    int height_px = 0;
    double milliseconds = 0;
    std::vector<std::string> causes; ///< Why it is kept for the Loop; empty: it is not.
    std::uint64_t detections = 0;    ///< How many there were; `found` may have fewer.
    ImageMetadata found;
};
BOOST_DESCRIBE_STRUCT(LiveFrame, (),
                      (number, received, camera, source, width_px, height_px, milliseconds, causes, detections, found))

/// The answer of `GET /live`.
struct LiveSnapshot {
    std::string started; ///< ISO, UTC. Another one: the node was started again, and its frames count from 1 again.
    std::string now;     ///< ISO, UTC.
    LiveStatus status;
    std::vector<LiveFrame> frames; ///< The oldest first.
};
BOOST_DESCRIBE_STRUCT(LiveSnapshot, (), (started, now, status, frames))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<LiveStatus>();
extern template JsonType const& json_type<LiveSnapshot>();

} // namespace learning_loop
