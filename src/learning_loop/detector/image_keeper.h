#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/detector/detection_service.h"
#include "learning_loop/detector/outbox.h"

namespace learning_loop {

/// Puts what a client sent into the outbox: a JPEG byte for byte, a PNG encoded once, since Loops expect JPEG.
class ImageKeeper {
public:
    explicit ImageKeeper(Outbox& outbox) : outbox_(outbox) {}

    /// What is an image, whole and within the limits, as a JPEG. invalid_argument, too_large: it is not.
    Task<Result<std::string>> checked(ImageBytes image);

    /// Durable when it returns. `created` is now unless the metadata tells it.
    Task<Result<OutboxItem>> keep(std::string jpeg, ImageMetadata metadata, bool priority);

    /// Takes back what was kept for a request that failed later.
    Task<> take_back(std::vector<OutboxItem> items) { return outbox_.remove(std::move(items)); }

private:
    Outbox& outbox_;
    Pool codec_{"encoding images", 2, 32};
};

} // namespace learning_loop
