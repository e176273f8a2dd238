#include "learning_loop/infer/impl/exif.h"

#include <cstddef>
#include <cstdint>

namespace learning_loop {
namespace {

/// Numbers in the byte order that the data name themselves. What lies outside is 0.
class TiffBytes {
public:
    explicit TiffBytes(std::string_view bytes) : bytes_(bytes), big_endian_(bytes.starts_with('M')) {}

    std::uint32_t u16(std::size_t at) const { return number(at, 2); }
    std::uint32_t u32(std::size_t at) const { return number(at, 4); }

private:
    std::uint32_t number(std::size_t at, std::size_t length) const
    {
        if (at > bytes_.size() || bytes_.size() - at < length) return 0;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < length; ++i) {
            auto const place = big_endian_ ? at + i : at + length - 1 - i;
            value = value << 8 | static_cast<unsigned char>(bytes_[place]);
        }
        return value;
    }

    std::string_view bytes_;
    bool big_endian_;
};

} // namespace

int exif_orientation(std::string_view tiff)
{
    constexpr int upright = 1;
    constexpr std::uint32_t orientation_tag = 0x0112, type_short = 3;
    using namespace std::string_view_literals;
    if (!tiff.starts_with("II*\0"sv) && !tiff.starts_with("MM\0*"sv)) return upright;

    TiffBytes const bytes(tiff);
    std::size_t const directory = bytes.u32(4);
    auto const entries = bytes.u16(directory);
    for (std::size_t i = 0; i < entries; ++i) {
        auto const entry = directory + 2 + 12 * i;
        if (entry >= tiff.size()) return upright;
        if (bytes.u16(entry) != orientation_tag) continue;
        auto const value = bytes.u16(entry + 8);
        bool const makes_sense =
            bytes.u16(entry + 2) == type_short && bytes.u32(entry + 4) == 1 && value >= 1 && value <= 8;
        return makes_sense ? static_cast<int>(value) : upright;
    }
    return upright;
}

} // namespace learning_loop
