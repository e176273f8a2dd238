#pragma once

#include "learning_loop/data/node_ack.h"
#include "learning_loop/data/user_input.h"
#include "learning_loop/socketio/events.h"

#include <string>

namespace learning_loop {

class Drawings;
class LoopConnection;

/// What the Loop tells an annotator of people who draw: `handle_user_input`, whose ack has the SVG as its payload, and
/// `user_logout`.
class AnnotatorEvents {
public:
    explicit AnnotatorEvents(Drawings& drawings) : drawings_(drawings) {}

    void add_to(socketio::Events& events);

private:
    Task<Result<NodeAck>> handle_user_input(UserInput input);
    Task<Result<NodeAck>> user_logout(std::string frontend);

    Drawings& drawings_;
};

/// Has the Loop keep a finished shape: `update_segmentation_annotation`. Errors: unavailable if it is not connected or
/// does not answer; unprocessable if it does not take the shape. The message tells the person the remedy.
Task<Result<void>> send_shape(LoopConnection& connection, Context project, SegmentationAnnotation shape);

} // namespace learning_loop
