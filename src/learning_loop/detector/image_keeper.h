#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/data/image_metadata.h"
#include "learning_loop/detector/outbox/outbox.h"
#include "learning_loop/infer/sent_image.h"

#include <atomic>
#include <memory>
#include <vector>

namespace learning_loop {

/// An image of a client, and what the Loop is to know of it.
struct ImageToKeep {
    SentImage image;
    ImageMetadata metadata;
    std::string camera = {}; ///< Empty: not told; then its source is what tells it apart.
};

/// Puts the images of clients into the outbox: a JPEG byte for byte, everything else encoded as JPEG, since Loops
/// expect JPEG.
class ImageKeeper {
public:
    /// `jpeg_quality` is 1 to 100, of what is encoded.
    explicit ImageKeeper(Outbox& outbox, ImageLimits const& limits = {}, int jpeg_quality = 95)
        : outbox_(outbox), limits_(limits), jpeg_quality_(jpeg_quality)
    {}

    /// The image as a JPEG. It is checked that it is complete and within the limits. Errors: those of `jpeg_of`;
    /// unavailable if too many images wait, or after `end`.
    Task<Result<Bytes>> to_jpeg(SentImage image);

    /// Keeps the images, all of them or none; they are durable when it returns. Metadata without a date gets the
    /// present time; a date that Loops might not read is written anew. Errors: those of `to_jpeg` and Outbox::keep.
    Task<Result<void>> keep(std::vector<ImageToKeep> images, bool priority);

    /// From now on images that wait to be encoded are refused: the node is ending.
    void end() { *ending_ = true; }

private:
    Outbox& outbox_;
    ImageLimits limits_;
    int jpeg_quality_;
    std::shared_ptr<std::atomic<bool>> ending_ = std::make_shared<std::atomic<bool>>(false); // shared: with the jobs
    Pool codec_{"encoding images", 2, 32};
};

} // namespace learning_loop
