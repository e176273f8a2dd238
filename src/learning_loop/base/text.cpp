#include "learning_loop/base/text.h"

#include "learning_loop/base/utf8.h"

#include <algorithm>
#include <charconv>

namespace learning_loop {
namespace {

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The first bytes of the text, without half a character at their end.
std::string_view start_of(std::string_view text, std::size_t max_bytes)
{
    if (text.size() <= max_bytes) return text;
    auto end = max_bytes;
    while (end > max_bytes - 3 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;
    return text.substr(0, is_utf8(text.substr(0, end)) ? end : max_bytes);
}

} // namespace

std::string printable(std::string_view text)
{
    constexpr std::size_t max_bytes = 200;
    auto line = as_utf8(start_of(text, max_bytes));
    for (std::size_t i = 0; i < line.size(); ++i) {
        auto const byte = static_cast<unsigned char>(line[i]);
        if (byte < 0x20 || byte == 0x7f) line[i] = '?';
        if (is_c1_control(std::string_view(line).substr(i))) line.replace(i, 2, "?");
    }
    return text.size() > max_bytes ? line + "..." : line;
}

bool is_ascii(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string lower_case(std::string_view ascii)
{
    std::string text(ascii);
    std::transform(text.begin(), text.end(), text.begin(), lower);
    return text;
}

std::string_view trimmed(std::string_view text)
{
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string_view> parts_of(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        auto const end = std::min(text.find(separator), text.size());
        parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

bool same_name(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string escape_html(std::string_view text)
{
    std::string html;
    html.reserve(text.size());
    for (char const c : text) {
        switch (c) {
        case '&': html += "&amp;"; break;
        case '<': html += "&lt;"; break;
        case '>': html += "&gt;"; break;
        case '"': html += "&quot;"; break;
        case '\'': html += "&#39;"; break;
        default: html += c;
        }
    }
    return html;
}

std::string alternatives(std::span<std::string_view const> texts)
{
    std::string text;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (i > 0) text += i + 1 == texts.size() ? " or " : ", ";
        text += texts[i];
    }
    return text;
}

std::optional<std::uint64_t> parse_whole_number(std::string_view text)
{
    std::uint64_t number = 0;
    auto const* const end = text.data() + text.size();
    auto const [rest, failure] = std::from_chars(text.data(), end, number);
    if (text.empty() || failure != std::errc() || rest != end) return std::nullopt;
    return number;
}

std::optional<bool> parse_bool(std::string_view text)
{
    auto const is = [text](std::string_view word) { return same_name(text, word); };
    if (is("true") || is("1") || is("on")) return true;
    if (is("false") || is("0") || is("off")) return false;
    return std::nullopt;
}

} // namespace learning_loop
