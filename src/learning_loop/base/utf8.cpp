#include "learning_loop/base/utf8.h"

#include <cstdint>

namespace learning_loop {
namespace {

/// How many bytes the character at the front has; 0 if it is not valid.
std::size_t character_bytes(std::string_view text)
{
    auto const byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    auto const first = byte(0);
    if (first < 0x80) return 1;
    std::size_t const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80) return 0;
    }
    bool const overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
    bool const surrogate = first == 0xed && byte(1) > 0x9f;
    bool const beyond = first == 0xf4 && byte(1) > 0x8f;
    return overlong || surrogate || beyond ? 0 : length;
}

} // namespace

bool is_utf8(std::string_view text)
{
    while (!text.empty()) {
        auto const length = character_bytes(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

bool is_c1_control(std::string_view utf8)
{
    return utf8.size() >= 2 && utf8[0] == '\xc2' && static_cast<unsigned char>(utf8[1]) < 0xa0;
}

std::string utf8_of_latin1(std::string_view text)
{
    std::string out;
    for (char const c : text) {
        auto const byte = static_cast<std::uint8_t>(c);
        if (byte < 0x80) out += c;
        else out.append({static_cast<char>(0xc0U | (byte >> 6U)), static_cast<char>(0x80U | (byte & 0x3fU))});
    }
    return out;
}

std::string as_utf8(std::string_view text)
{
    return is_utf8(text) ? std::string(text) : utf8_of_latin1(text);
}

} // namespace learning_loop
