#pragma once

#include "learning_loop/detector/detection_service.h"
#include "learning_loop/detector/image_keeper.h"
#include "learning_loop/detector/image_notes.h"
#include "learning_loop/detector/relevance_filter.h"

#include <string>
#include <vector>

namespace learning_loop {

/// What a detector answers for one image.
struct Detected {
    ImageMetadata metadata;          ///< What was found, with the tags of the model and of the client.
    std::vector<std::string> causes; ///< Why the image is kept for the Loop; empty: it is not.
};

/// What a detector node does with an image, whichever protocol it came by. To be used on the io thread.
class Detector {
public:
    Detector(DetectionService& detection, RelevanceFilter& filter, ImageKeeper& keeper)
        : detection_(detection), filter_(filter), keeper_(keeper)
    {}

    /// Finds what the image shows. An image that is to be kept is on the disk when this returns, with its causes among
    /// its tags if the filter chose them. Errors: those of DetectionService::detect and ImageKeeper; then nothing is
    /// kept, and the filter takes what the camera shows next for new.
    Task<Result<Detected>> detect(Bytes image, ImageNotes notes);

    /// Keeps images for the Loop without a detection, all of them or none. They are on the disk when this returns.
    /// Errors: those of ImageKeeper; if an image is invalid, the message names it as `files[1]`.
    Task<Result<void>> keep(std::vector<Bytes> images, ImageNotes notes);

private:
    std::vector<std::string> causes_to_keep(ImageNotes const& notes, ImageMetadata const& found);
    Task<Result<OutboxItem>> keep_detected(Bytes image, ImageNotes const& notes, Detected const& detected);
    Task<Result<std::vector<std::string>>> to_jpegs(std::vector<Bytes> images);

    DetectionService& detection_;
    RelevanceFilter& filter_;
    ImageKeeper& keeper_;
};

} // namespace learning_loop
