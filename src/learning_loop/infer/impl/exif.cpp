#include "learning_loop/infer/impl/exif.h"

#include <cstddef>
#include <cstdint>

namespace learning_loop {
namespace {

/// Numbers in the byte order that the data name themselves. What lies outside is 0.
class TiffBytes {
public:
    explicit TiffBytes(std::string_view bytes) : bytes_(bytes), big_endian_(bytes.starts_with('M')) {}

    bool has(std::size_t at, std::size_t length) const { return at <= bytes_.size() && bytes_.size() - at >= length; }
    std::uint32_t u16(std::size_t at) const { return number(at, 2); }
    std::uint32_t u32(std::size_t at) const { return number(at, 4); }

    std::uint32_t number(std::size_t at, std::size_t length) const
    {
        if (!has(at, length)) return 0;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < length; ++i) {
            auto const place = big_endian_ ? at + i : at + length - 1 - i;
            value = value << 8 | static_cast<unsigned char>(bytes_[place]);
        }
        return value;
    }

private:
    std::string_view bytes_;
    bool big_endian_;
};

/// How many bytes a whole number of that TIFF type has; 0: the type is none. What is signed has the same bytes for 1 to
/// 8. A BYTE is no number but a text of bytes to Pillow, which then leaves the image as it is.
std::size_t bytes_of_type(std::uint32_t type)
{
    enum Type { u16 = 3, u32 = 4, i8 = 6, i16 = 8, i32 = 9, directory = 13 };
    switch (type) {
    case i8: return 1;
    case u16:
    case i16: return 2;
    case u32:
    case i32:
    case directory: return 4;
    default: return 0;
    }
}

/// The first value of a directory's entry. 0: it has none that is a whole number.
std::uint32_t value_of(TiffBytes const& bytes, std::size_t entry)
{
    constexpr std::size_t room = 4; // for values; what is longer stands elsewhere
    auto const length = bytes_of_type(bytes.u16(entry + 2));
    auto const count = bytes.u32(entry + 4);
    if (length == 0 || count == 0) return 0;
    auto const at = count > room / length ? bytes.u32(entry + 8) : entry + 8;
    auto const last = at + length * (std::size_t{count} - 1);
    return bytes.has(last, length) ? bytes.number(at, length) : 0;
}

} // namespace

std::optional<int> exif_orientation(std::string_view tiff)
{
    constexpr int upright = 1;
    constexpr std::uint32_t orientation_tag = 0x0112;
    using namespace std::string_view_literals;
    constexpr auto prefix = "Exif\0\0"sv; // which some write into a PNG, too
    if (tiff.starts_with(prefix)) tiff.remove_prefix(prefix.size());
    if (!tiff.starts_with("II*\0"sv) && !tiff.starts_with("MM\0*"sv)) return std::nullopt;

    TiffBytes const bytes(tiff);
    std::size_t const directory = bytes.u32(4);
    auto const entries = bytes.u16(directory);
    for (std::size_t i = 0; i < entries; ++i) {
        auto const entry = directory + 2 + 12 * i;
        if (entry >= tiff.size()) return std::nullopt;
        if (bytes.u16(entry) != orientation_tag) continue;
        auto const value = value_of(bytes, entry);
        return value >= 1 && value <= 8 ? static_cast<int>(value) : upright;
    }
    return std::nullopt;
}

} // namespace learning_loop
