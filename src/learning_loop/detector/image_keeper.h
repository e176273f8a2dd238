#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/base/bytes.h"
#include "learning_loop/data/image_metadata.h"
#include "learning_loop/detector/outbox.h"

namespace learning_loop {

/// Puts the images of clients into the outbox: a JPEG byte for byte, a PNG encoded as JPEG, since Loops expect JPEG.
class ImageKeeper {
public:
    explicit ImageKeeper(Outbox& outbox) : outbox_(outbox) {}

    /// The image as a JPEG. It is checked that it is complete and within the limits. Errors: invalid_argument if it is
    /// no such image. too_large if it is too long or has too many pixels. unavailable if too many images wait.
    Task<Result<std::string>> to_jpeg(Bytes image);

    /// Durable when it returns. `created` becomes the present time unless the metadata has it. Errors: those of
    /// Outbox::keep.
    Task<Result<OutboxItem>> keep(std::string jpeg, ImageMetadata metadata, bool priority);

    /// Takes back what was kept for a request that failed later.
    Task<> take_back(std::vector<OutboxItem> items) { return outbox_.remove(std::move(items)); }

private:
    Outbox& outbox_;
    Pool codec_{"encoding images", 2, 32};
};

} // namespace learning_loop
