#pragma once

#include "learning_loop/detector/detector_metrics.h"
#include "learning_loop/detector/image_keeper.h"
#include "learning_loop/detector/image_notes.h"
#include "learning_loop/detector/model/detection_service.h"
#include "learning_loop/detector/page/recent_frames.h"
#include "learning_loop/detector/relevance_filter.h"

#include <string>
#include <vector>

namespace learning_loop {

/// What a detector answers for one image.
struct Detected {
    ImageMetadata metadata;          ///< What was found, with the tags of the model and of the client.
    std::vector<std::string> causes; ///< Why the image is kept for the Loop; empty: it is not.
};

/// What a detector node does with images, whichever protocol they came by. To be used on the io thread.
class Detector {
public:
    Detector(DetectionService& detection, RelevanceFilter& filter, ImageKeeper& keeper, DetectorMetrics& metrics,
             RecentFrames& recent)
        : detection_(detection), filter_(filter), keeper_(keeper), metrics_(metrics), recent_(recent)
    {}

    /// Finds what the images show, and returns one item for each, in their order. Those that are to be kept are on the
    /// disk when this returns, with their causes among their tags if the filter chose them. Errors: those of
    /// DetectionService::detect and ImageKeeper; then none of the images is kept, and a filter that was asked takes
    /// what the camera shows next for new.
    Task<Result<std::vector<Detected>>> detect(std::vector<SentImage> images, ImageNotes notes);

    /// Keeps images for the Loop without a detection, all of them or none, each with this metadata, whose categories
    /// get the ids that the model has for them. They are on the disk when this returns. Errors: those of ImageKeeper.
    Task<Result<void>> keep(std::vector<SentImage> images, ImageMetadata metadata, bool priority);

private:
    Task<Result<void>> keep_relevant(std::vector<SentImage> images, ImageNotes const& notes,
                                     std::vector<Detected>& detected);
    std::vector<std::string> causes_to_keep(ImageNotes const& notes, ImageMetadata const& found);
    void show(RecentFrame frame, Detected const& detected, bool is_kept);

    DetectionService& detection_;
    RelevanceFilter& filter_;
    ImageKeeper& keeper_;
    DetectorMetrics& metrics_;
    RecentFrames& recent_;
};

} // namespace learning_loop
