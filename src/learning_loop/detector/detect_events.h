#pragma once

#include "learning_loop/detector/sent_events.h"
#include "learning_loop/socketio/events.h"

namespace learning_loop {

class DetectionService;
class Detector;

/// Answers the events `detect`, `batch_detect` and `upload`. Must live as long as the events are answered.
class DetectEvents {
public:
    DetectEvents(Detector& detector, DetectionService const& detection, ImageLimits const& limits);

    void add_to(socketio::Events& events);

private:
    Task<Result<boost::json::value>> detect(socketio::Arguments arguments);
    Task<Result<boost::json::value>> batch_detect(socketio::Arguments arguments);
    Task<Result<boost::json::value>> upload(socketio::Arguments arguments);
    Task<Result<boost::json::array>> answers_to(Result<DetectRequest> request);

    Detector& detector_;
    DetectionService const& detection_;
    ImageLimits limits_;
};

} // namespace learning_loop
