#pragma once

#include "learning_loop/data/image_metadata.h"
#include "learning_loop/detector/image_notes.h"
#include "learning_loop/infer/sent_image.h"
#include "learning_loop/socketio/arguments.h"

#include <vector>

// What clients say in the events `detect`, `batch_detect` and `upload`: an object with the image beside its notes. Its
// keys are those of released clients, old ones included.

namespace learning_loop {

/// Of `detect` (one image) and `batch_detect`.
struct DetectRequest {
    std::vector<SentImage> images;
    ImageNotes notes;
};

struct UploadRequest {
    SentImage image;
    ImageMetadata metadata;
    bool priority = false;
};

// Errors of each: invalid_argument; the message names the field by its path, as `image.dtype`. What is wrong with an
// image begins with `could not parse image from data`, which clients know. Nothing is decoded.

Result<DetectRequest> read_detect_request(socketio::Arguments const& arguments, ImageLimits const& limits);
Result<DetectRequest> read_batch_detect_request(socketio::Arguments const& arguments, ImageLimits const& limits);
Result<UploadRequest> read_upload_request(socketio::Arguments const& arguments, ImageLimits const& limits);

} // namespace learning_loop
