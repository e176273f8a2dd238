// Both walks over a JPEG's segments tell the same, and what passes them is decoded to the size they told, or refused.
#include "learning_loop/infer/image_codec.h"
#include "learning_loop/infer/impl/jpeg.h"

#include "image_limits.h"
#include "target.h"

namespace learning_loop {
namespace {

using fuzz::require;

void require_sound(ImageFile const& file)
{
    require(file.width_px >= 1 && file.width_px <= 65535 && file.height_px >= 1 && file.height_px <= 65535,
            "a JPEG has a size");
    require(file.channels == 1 || file.channels == 3 || file.channels == 4, "a JPEG has 1, 3 or 4 channels");
    require(file.orientation >= 1 && file.orientation <= 8, "an orientation is 1 to 8");
}

void check_walks(std::string_view bytes)
{
    auto const to_pixels = read_jpeg(bytes, ReadUpTo::pixels);
    auto const to_end = read_jpeg(bytes, ReadUpTo::end);
    require(to_pixels.has_value() || !to_end, "what is whole has a beginning");
    require(to_pixels.has_value() || !to_pixels.error().message.empty(), "an error tells what is wrong");
    if (!to_end) return;
    require_sound(*to_end);
    require(to_end->scans >= 1, "what is whole has pixels");
    require(to_pixels->width_px == to_end->width_px && to_pixels->height_px == to_end->height_px &&
                to_pixels->channels == to_end->channels && to_pixels->orientation == to_end->orientation,
            "both walks tell the same of the image");
}

/// A walk must not read what is behind the bytes: cut off anywhere, a file is never longer than it was.
void check_beginnings(std::string_view bytes)
{
    for (std::size_t length = 2; length < std::min<std::size_t>(bytes.size(), 200); ++length) {
        std::vector<char> const cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
        auto const file = read_jpeg({cut.data(), cut.size()}, ReadUpTo::pixels);
        if (!file) continue;
        auto const whole = read_jpeg(bytes, ReadUpTo::pixels);
        require(whole.has_value() && whole->width_px == file->width_px && whole->height_px == file->height_px,
                "what a beginning tells stays true");
        return;
    }
}

} // namespace
} // namespace learning_loop

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace learning_loop;
    auto const bytes = fuzz::text_of(data, size);
    if (looks_like_jpeg(bytes)) {
        check_walks(bytes);
        check_beginnings(bytes);
    }
    fuzz::check_decoding(bytes);
    return 0;
}
