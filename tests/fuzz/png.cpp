// What passes the walk over a PNG's chunks is decoded to the size that it told, or refused.
#include "learning_loop/infer/impl/png.h"

#include "image_limits.h"
#include "target.h"

#include <zlib.h>

#include <vector>

namespace learning_loop {
namespace {

using fuzz::require;

constexpr std::size_t signature_bytes = 8;
constexpr std::size_t frame_bytes = 12; // length, type and checksum around a chunk's content

std::size_t number_at(std::vector<char> const& bytes, std::size_t at)
{
    std::size_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
    return number;
}

/// The file with right checksums: else hardly a change of a chunk would come through to what reads the chunk.
std::vector<char> with_checksums(std::string_view png)
{
    std::vector<char> bytes(png.begin(), png.end());
    auto at = signature_bytes;
    while (bytes.size() >= at + frame_bytes) {
        auto const length = number_at(bytes, at);
        if (length > bytes.size() - at - frame_bytes) break;
        auto const* const checked = reinterpret_cast<Bytef const*>(bytes.data() + at + 4);
        auto const checksum = ::crc32(0, checked, static_cast<uInt>(length + 4));
        for (std::size_t i = 0; i < 4; ++i)
            bytes[at + 8 + length + i] = static_cast<char>(checksum >> (24 - 8 * i) & 0xFF);
        at += length + frame_bytes;
    }
    return bytes;
}

void check(std::string_view bytes)
{
    if (looks_like_png(bytes)) {
        auto const file = read_png(bytes, CheckedChunks::metadata);
        require(file.has_value() || !file.error().message.empty(), "an error tells what is wrong");
        if (file) {
            require(file->width_px >= 1 && file->height_px >= 1, "a PNG has a size");
            require(file->orientation >= 1 && file->orientation <= 8, "an orientation is 1 to 8");
        }
    }
    fuzz::check_decoding(bytes);
}

} // namespace
} // namespace learning_loop

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace learning_loop;
    auto const bytes = fuzz::text_of(data, size);
    check(bytes);
    auto const mended = with_checksums(bytes);
    check({mended.data(), mended.size()});
    return 0;
}
