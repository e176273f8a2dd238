#include "learning_loop/http/url.h"

#include <algorithm>

namespace learning_loop::http {
namespace {

int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Calls `use` with each part between the separators.
template <class Use>
bool each_part(std::string_view text, char separator, Use use)
{
    while (!text.empty()) {
        auto const end = std::min(text.find(separator), text.size());
        if (!use(text.substr(0, end))) return false;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
}

} // namespace

std::optional<std::string> percent_decoded(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (text.size() - i < 3) return std::nullopt;
        int const high = hex_digit(text[i + 1]);
        int const low = hex_digit(text[i + 2]);
        if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

std::string percent_encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("-._~").find(c) != std::string_view::npos;
        if (plain) out += c;
        else out.append({'%', digits[byte >> 4U], digits[byte & 0x0fU]});
    }
    return out;
}

std::optional<std::vector<std::pair<std::string, std::string>>> decoded_pairs(std::string_view text)
{
    constexpr std::size_t max_pairs = 1000;
    std::vector<std::pair<std::string, std::string>> pairs;
    auto const add = [&](std::string_view part) {
        std::string spaced(part);
        std::replace(spaced.begin(), spaced.end(), '+', ' ');
        auto const equals = std::min(spaced.find('='), spaced.size());
        auto key = percent_decoded(std::string_view(spaced).substr(0, equals));
        auto value = percent_decoded(std::string_view(spaced).substr(std::min(equals + 1, spaced.size())));
        if (!key || !value || pairs.size() == max_pairs) return false;
        if (!part.empty()) pairs.emplace_back(std::move(*key), std::move(*value));
        return true;
    };
    if (!each_part(text, '&', add)) return std::nullopt;
    return pairs;
}

std::optional<std::vector<std::string>> path_segments(std::string_view path)
{
    std::vector<std::string> segments;
    auto const add = [&](std::string_view part) {
        auto segment = percent_decoded(part);
        if (!segment) return false;
        if (!segment->empty()) segments.push_back(std::move(*segment));
        return true;
    };
    if (!each_part(path, '/', add)) return std::nullopt;
    return segments;
}

} // namespace learning_loop::http
