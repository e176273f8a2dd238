#include "learning_loop/detector/image_keeper.h"

#include "learning_loop/base/timestamps.h"
#include "learning_loop/json/json.h"

namespace learning_loop {
namespace {

/// In a form that every Loop reads: some clients write nine digits of a second, a blank before the time, or a zone
/// without its colon. A date with `_` stays as peers write it.
std::string date_for_the_loop(std::optional<std::string> const& created)
{
    if (!created) return timestamp_now();
    if (is_timestamp(*created) && created->at(10) == '_') return *created;
    auto const read = read_timestamp(*created);
    return read ? read->iso : *created;
}

} // namespace

Task<Result<Bytes>> ImageKeeper::to_jpeg(SentImage image)
{
    auto convert = [image = std::move(image), limits = limits_, ending = ending_]() -> Result<Bytes> {
        if (*ending) return Error{Errc::unavailable, "the node is ending"};
        return jpeg_of(image, limits);
    };
    co_return co_await codec_.run(std::move(convert));
}

Task<Result<void>> ImageKeeper::keep(std::vector<ImageToKeep> images, bool priority)
{
    std::vector<NewOutboxImage> ready;
    for (auto& [image, metadata] : images) {
        auto jpeg = co_await to_jpeg(std::move(image));
        if (!jpeg) co_return jpeg.error();
        metadata.created = date_for_the_loop(metadata.created);
        ready.push_back({std::move(*jpeg), to_text(to_json(metadata))});
    }
    auto const kept = co_await outbox_.keep(std::move(ready), priority);
    if (!kept) co_return kept.error();
    co_return Result<void>();
}

} // namespace learning_loop
