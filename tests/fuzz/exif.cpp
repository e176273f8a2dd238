// An orientation is one of eight, is found alone where its tag is, and is never made up of what is cut off.
#include "learning_loop/infer/impl/exif.h"
#include "learning_loop/infer/impl/jpeg.h"

#include "target.h"

#include <string>
#include <vector>

namespace learning_loop {
namespace {

using fuzz::require;
using namespace std::string_view_literals;

int orientation_of_copy(std::string_view tiff)
{
    std::vector<char> const exactly(tiff.begin(), tiff.end()); // whose end AddressSanitizer watches
    return exif_orientation({exactly.data(), exactly.size()}).value_or(1);
}

std::string two_bytes(std::size_t number)
{
    return {static_cast<char>(number >> 8), static_cast<char>(number & 0xFF)};
}

/// The smallest JPEG with these EXIF data that has a size and a scan.
std::string jpeg_with(std::string_view tiff)
{
    std::string jpeg("\xFF\xD8\xFF\xE1");
    jpeg += two_bytes(2 + 6 + tiff.size());
    jpeg += "Exif\0\0"sv;
    jpeg += tiff;
    jpeg += "\xFF\xC0\0\x0B\x08\0\x08\0\x10\x01\x01\x11\0"sv; // 16x8 pixels, one channel
    jpeg += "\xFF\xDA\0\x08\x01\x01\0\0\x3F\0"sv;
    jpeg += "\0\0\xFF\xD9"sv;
    return jpeg;
}

void check(std::string_view tiff)
{
    auto const orientation = orientation_of_copy(tiff);
    require(orientation >= 1 && orientation <= 8, "an orientation is 1 to 8");
    if (orientation != 1) {
        bool const little_endian = tiff.find("II*") < tiff.find("MM");
        auto const tag = little_endian ? "\x12\x01"sv : "\x01\x12"sv;
        require(tiff.find(tag) != std::string_view::npos, "an orientation has an entry");
    }
    for (std::size_t length = 0; length < tiff.size(); length += length < 64 ? 1 : 61) {
        auto const cut = orientation_of_copy(tiff.substr(0, length));
        require(cut == 1 || cut == orientation, "what is cut off tells nothing else");
    }
    if (tiff.size() > 0xFFFF - 8) return; // more than a segment holds
    for (auto const last : {ReadUpTo::pixels, ReadUpTo::end}) {
        auto const jpeg = read_jpeg(jpeg_with(tiff), last);
        require(jpeg.has_value() && jpeg->orientation == orientation, "a JPEG has the orientation of its EXIF data");
    }
}

} // namespace
} // namespace learning_loop

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    learning_loop::check(learning_loop::fuzz::text_of(data, size));
    return 0;
}
