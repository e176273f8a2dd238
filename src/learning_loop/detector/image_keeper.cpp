#include "learning_loop/detector/image_keeper.h"

#include "learning_loop/base/timestamps.h"
#include "learning_loop/infer/image_codec.h"
#include "learning_loop/json/json.h"

namespace learning_loop {

Task<Result<std::string>> ImageKeeper::to_jpeg(Bytes image)
{
    auto convert = [image = std::move(image)]() -> Result<std::string> {
        auto const header = check_image(image.view());
        if (!header) return header.error();
        if (header->format == ImageFormat::jpeg) return std::string(image.view());
        auto const pixels = decode_image(image.view());
        if (!pixels) return pixels.error();
        return encode_jpeg(*pixels);
    };
    co_return co_await codec_.run(std::move(convert));
}

Task<Result<OutboxItem>> ImageKeeper::keep(std::string jpeg, ImageMetadata metadata, bool priority)
{
    if (!metadata.created) metadata.created = timestamp_now();
    co_return co_await outbox_.keep(std::move(jpeg), to_text(to_json(metadata)), priority);
}

} // namespace learning_loop
