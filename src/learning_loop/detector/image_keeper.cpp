#include "learning_loop/detector/image_keeper.h"

#include "learning_loop/base/timestamps.h"
#include "learning_loop/json/json.h"

namespace learning_loop {
namespace {

/// In a form that every Loop reads: some clients write nine digits of a second, a blank before the time, or a zone
/// without its colon. A date with `_` stays as peers write it.
std::string date_for_the_loop(std::string const& created)
{
    if (is_timestamp(created) && created.at(10) == '_') return created;
    auto const read = read_timestamp(created);
    return read ? read->iso : created;
}

NewOutboxImage for_the_outbox(Bytes jpeg, ImageMetadata metadata, std::string camera)
{
    NewOutboxImage image{std::move(jpeg), {}, std::move(camera), std::nullopt};
    if (image.camera.empty()) image.camera = metadata.source.value_or("");
    if (metadata.created) {
        metadata.created = date_for_the_loop(*metadata.created);
    } else {
        auto const now = read_clocks();
        metadata.created = timestamp_of(now.time);
        if (!now.has_date()) image.undated = now.mark;
    }
    image.metadata = to_text(to_json(metadata));
    return image;
}

} // namespace

Task<Result<Bytes>> ImageKeeper::to_jpeg(SentImage image)
{
    auto convert = [image = std::move(image), limits = limits_, quality = jpeg_quality_,
                    ending = ending_]() -> Result<Bytes> {
        if (*ending) return Error{Errc::unavailable, "the node is ending"};
        return jpeg_of(image, limits, quality);
    };
    co_return co_await codec_.run(std::move(convert));
}

Task<Result<void>> ImageKeeper::keep(std::vector<ImageToKeep> images, bool priority)
{
    std::vector<NewOutboxImage> ready;
    for (auto& [image, metadata, camera] : images) {
        auto jpeg = co_await to_jpeg(std::move(image));
        if (!jpeg) co_return jpeg.error();
        ready.push_back(for_the_outbox(std::move(*jpeg), std::move(metadata), std::move(camera)));
    }
    auto const kept = co_await outbox_.keep(std::move(ready), priority);
    if (!kept) co_return kept.error();
    co_return Result<void>();
}

} // namespace learning_loop
